// The secret of who complained comes behind the # of a link, as that of a QR code: no server and no log of one sees
// it. It goes into its field, and out of the address.
export function takeSecret(): void {
  const field = document.querySelector<HTMLInputElement>('#f-token');
  const secret = location.hash.slice('#secret='.length);
  if (!field || !/^[0-9A-Za-z -]{1,64}$/.test(secret)) return;
  field.value = secret;
  history.replaceState(null, '', location.pathname + location.search);
  field.closest('section')?.scrollIntoView();
}
