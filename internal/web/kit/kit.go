// Package kit is the parts that office pages are made of: tables whose heads sort and
// whose rows can be chosen, lists cut into pages, tabs, the question folded into a
// line, figures that say how they are known, the sheet that comes up from below, the
// progress of long work. Package gallery shows each in every state.
//
// A part takes a small struct of texts and addresses and knows no system; what is not
// an address or a text (which column, which order) stays with the page. What every
// page needs, an office's or not, is in web: the frame, fields, notices, badges, maps.
// The style of the parts is css/kit.css, so that a page of a system needs none.
package kit
