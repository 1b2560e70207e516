package redact

import "strings"

// part is a stretch of the original: as it is, covered, or kept by a person.
type part struct {
	from, to int
	cover    *Span
	keep     *Decision
}

// parts are a text while things in it are covered, one after another: what was covered may
// let its neighbours be found, and what is published must have nothing left to find.
type parts struct {
	whole string
	list  []part
}

func partsOf(text string, d Decisions) *parts {
	p := &parts{whole: text}
	if text != "" {
		p.list = []part{{from: 0, to: len(text)}}
	}
	for _, one := range d.All {
		if one.Keep {
			p.cut(part{from: one.From, to: one.To, keep: &one})
			continue
		}
		p.cut(part{from: one.From, to: one.To, cover: &Span{From: one.From, To: one.To, Kind: one.Kind, Text: text[one.From:one.To], Rule: "person", Sure: true}})
	}
	return p
}

// cut puts a part in the place of what is there; what it overlaps is shortened.
func (p *parts) cut(in part) {
	var out []part
	put := false
	for _, old := range p.list {
		if old.from < in.from {
			out = append(out, old.until(min(old.to, in.from)))
		}
		if !put && old.to > in.from {
			out, put = append(out, in), true
		}
		if old.to > in.to {
			out = append(out, old.since(max(old.from, in.to)))
		}
	}
	p.list = out
}

func (p part) until(to int) part   { p.to = to; return p }
func (p part) since(from int) part { p.from = from; return p }

func (p *parts) shown(one part) string {
	if one.cover != nil {
		return one.cover.Word()
	}
	return p.whole[one.from:one.to]
}

func (p *parts) text() string {
	var out strings.Builder
	for _, one := range p.list {
		out.WriteString(p.shown(one))
	}
	return out.String()
}

// cover covers all that the rules are sure of, until there is nothing, and returns what a last look still finds in the text as
// it is then.
func (p *parts) cover() (left []Span) {
	for {
		var found []Span
		left = look(p.text())
		for _, s := range left {
			from, to, kept := p.original(s.From, s.To)
			if !s.Sure || kept || from >= to {
				continue
			}
			s.From, s.To, s.Text = from, to, p.whole[from:to]
			found = append(found, s)
		}
		if len(found) == 0 {
			return left
		}
		for i := range found {
			p.cut(part{from: found[i].From, to: found[i].To, cover: &found[i]})
		}
	}
}

// original is where in the original a stretch of the shown text is. What was covered
// belongs to it whole; kept means that a person let a part of it stay.
func (p *parts) original(from, to int) (first, last int, kept bool) {
	at, first, last := 0, -1, -1
	for _, one := range p.list {
		end := at + len(p.shown(one))
		if at < to && from < end {
			a, b := one.from, one.to
			if one.cover == nil {
				a, b = one.from+max(from-at, 0), one.to-max(end-to, 0)
			}
			if first < 0 {
				first = a
			}
			last, kept = b, kept || one.keep != nil
		}
		at = end
	}
	return first, last, kept
}

func (p *parts) published() Published {
	var out Published
	var text strings.Builder
	for _, one := range p.list {
		from := text.Len()
		text.WriteString(p.shown(one))
		switch {
		case one.cover != nil:
			out.Covered = append(out.Covered, *one.cover)
		case one.keep != nil:
			k := *one.keep
			k.From, k.To = from, text.Len()
			out.Kept = append(out.Kept, k)
		}
	}
	out.Text = text.String()
	return out
}
