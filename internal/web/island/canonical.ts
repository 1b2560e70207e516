export function before(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// form is canonical JSON as RFC 8785 has it, which is how ECMAScript writes strings and numbers.
export function form(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(form).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => before(a, b));
  return `{${members.map(([name, of]) => `${JSON.stringify(name)}:${form(of)}`).join(',')}}`;
}
