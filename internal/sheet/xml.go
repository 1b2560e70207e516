package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// markup reads the XML of a spreadsheet piece by piece. encoding/xml would read a
// text or a comment into memory whole, and what a small archive unpacks to may be
// without end; here each piece has a bound, and what nobody asks for is not kept.
type markup struct {
	in      *bufio.Reader
	depth   int
	names   []byte // of the elements that are open, each after the other
	ends    []int  // where each ends in names
	tag     []byte // the start tag that was read last
	text    []byte // the text that was read last, as it stands in the file
	cdata   bool   // it needs no unescaping
	long    bool   // it is longer than maxPiece and was not kept whole
	pending bool   // the start tag was its own end
}

const (
	// maxPiece bounds a text or a tag. A cell has at most 32,767 characters, each
	// of at most six bytes as the file has it; a few more do no harm.
	maxPiece = 256 << 10
	maxDepth = 64
)

var (
	errPiece  = errors.New("a text or a tag is too long")
	errMarkup = errors.New("the XML is malformed")
)

func newMarkup(r io.Reader) *markup {
	m := &markup{in: bufio.NewReaderSize(r, 64<<10)}
	if mark, err := m.in.Peek(3); err == nil && string(mark) == "\ufeff" {
		_, _ = m.in.Discard(3) // they were just seen
	}
	return m
}

type piece uint8

const (
	opened piece = iota
	closed
	words
)

// next reads a piece: a start tag, an end tag or a text. After the last comes
// io.EOF.
func (m *markup) next() (piece, error) {
	if m.pending {
		m.pending = false
		return closed, m.leave(m.name())
	}
	for {
		b, err := m.in.ReadByte()
		if errors.Is(err, io.EOF) && m.depth > 0 {
			return 0, io.ErrUnexpectedEOF
		}
		if err != nil {
			return 0, err
		}
		if b != '<' {
			if err := m.in.UnreadByte(); err != nil {
				return 0, err
			}
			return words, m.words()
		}
		head, err := m.in.Peek(1)
		if err != nil {
			return 0, unexpected(err)
		}
		switch head[0] {
		case '?':
			err = m.skipTo("?>")
		case '!':
			var found bool
			if found, err = m.aside(); found {
				return words, err
			}
		default:
			return m.readTag()
		}
		if err != nil {
			return 0, err
		}
	}
}

// words reads the text up to the next tag.
func (m *markup) words() error {
	m.text, m.cdata, m.long = m.text[:0], false, false
	for {
		part, err := m.in.ReadSlice('<')
		if err == nil {
			part = part[:len(part)-1]
		}
		m.keep(part)
		switch {
		case err == nil:
			return m.in.UnreadByte()
		case errors.Is(err, io.EOF) && m.depth == 0 && len(bytes.TrimSpace(m.text)) == 0:
			return nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return unexpected(err)
		}
	}
}

// keep adds a part of a text, unless that is longer than anybody may ask for.
func (m *markup) keep(part []byte) {
	if m.long = m.long || len(m.text)+len(part) > maxPiece; !m.long {
		m.text = append(m.text, part...)
	}
}

// aside reads what begins with <!: a comment, or a CDATA section, which is text.
// A document type is refused as the format forbids it: it could define entities.
func (m *markup) aside() (text bool, err error) {
	const cdata = "![CDATA["
	if head, _ := m.in.Peek(3); string(head) == "!--" {
		_, _ = m.in.Discard(3) // they were just seen
		return false, m.skipTo("-->")
	}
	if head, _ := m.in.Peek(len(cdata)); string(head) != cdata || m.depth == 0 {
		return false, errMarkup
	}
	_, _ = m.in.Discard(len(cdata)) // they were just seen
	m.text, m.cdata, m.long = m.text[:0], true, false
	return true, m.section()
}

// section reads a CDATA section to its end.
func (m *markup) section() error {
	for brackets := 0; ; {
		b, err := m.in.ReadByte()
		if err != nil {
			return unexpected(err)
		}
		switch {
		case b == ']':
			brackets++
		case b == '>' && brackets >= 2:
			for range brackets - 2 { // those before the last two are text
				m.keep([]byte{']'})
			}
			return nil
		default:
			for ; brackets > 0; brackets-- {
				m.keep([]byte{']'})
			}
			m.keep([]byte{b})
		}
	}
}

// skipTo reads on to the end of what is not kept.
func (m *markup) skipTo(end string) error {
	last := end[len(end)-1]
	tail := make([]byte, 0, 2*len(end))
	for {
		part, err := m.in.ReadSlice(last)
		tail = append(tail, part[max(0, len(part)-len(end)):]...)
		tail = append(tail[:0], tail[max(0, len(tail)-len(end)):]...)
		switch {
		case err == nil && string(tail) == end:
			return nil
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return unexpected(err)
		}
	}
}

// readTag reads a tag, whose < was read.
func (m *markup) readTag() (piece, error) {
	m.tag = m.tag[:0]
	for quote, whole := byte(0), false; !whole; {
		part, err := m.in.ReadSlice('>')
		m.tag = append(m.tag, part...)
		switch {
		case len(m.tag) > maxPiece:
			return 0, errPiece
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return 0, unexpected(err)
		}
		quote = quoteOf(quote, part)
		whole = err == nil && quote == 0 // a > may stand in the value of an attribute
	}
	m.tag = m.tag[:len(m.tag)-1]
	if m.tag, m.pending = bytes.CutSuffix(m.tag, []byte{'/'}); m.pending || !bytes.HasPrefix(m.tag, []byte{'/'}) {
		return opened, m.enter(m.name())
	}
	return closed, m.leave(bytes.TrimRight(m.tag[1:], " \t\r\n"))
}

// quoteOf returns the quote that is open after a part of a tag, or 0.
func quoteOf(quote byte, part []byte) byte {
	for _, b := range part {
		switch {
		case quote == 0 && (b == '"' || b == '\''):
			quote = b
		case b == quote:
			quote = 0
		}
	}
	return quote
}

// name is that of the last start tag, with its prefix.
func (m *markup) name() []byte {
	if i := bytes.IndexAny(m.tag, " \t\r\n"); i >= 0 {
		return m.tag[:i]
	}
	return m.tag
}

func (m *markup) enter(name []byte) error {
	if m.depth >= maxDepth || !isName(name) {
		return errMarkup
	}
	m.names = append(m.names, name...)
	m.ends = append(m.ends, len(m.names))
	m.depth++
	return nil
}

// isName tells whether a tag has a name, with or without a prefix.
func isName(name []byte) bool {
	prefix, local, prefixed := bytes.Cut(name, []byte{':'})
	return len(prefix) > 0 && (!prefixed || len(local) > 0) && !bytes.ContainsAny(local, ":") && !bytes.ContainsAny(name, "<&=\"'/!?")
}

func (m *markup) leave(name []byte) error {
	if m.depth == 0 {
		return errMarkup
	}
	m.depth--
	from := 0
	if m.depth > 0 {
		from = m.ends[m.depth-1]
	}
	if string(m.names[from:]) != string(name) {
		return errMarkup
	}
	m.names, m.ends = m.names[:from], m.ends[:m.depth]
	return nil
}

// children calls visit with the name of each element in the one that was opened
// last, or in the file. What visit does not read of one is passed over.
func (m *markup) children(visit func(name string) error) error {
	for inside := m.depth; ; {
		p, err := m.next()
		if errors.Is(err, io.EOF) && inside == 0 {
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case p == closed && m.depth < inside:
			return nil
		case p == opened && m.depth == inside+1:
			name := m.name()
			if i := bytes.IndexByte(name, ':'); i >= 0 {
				name = name[i+1:]
			}
			if err := visit(known(name)); err != nil {
				return err
			}
			for m.depth > inside {
				if _, err := m.next(); err != nil {
					return unexpected(err)
				}
			}
		}
	}
}

// skip passes over the rest of the element that was opened last, without a look
// at what is in it. It cannot be told from a text that looks like its end; such a
// file is malformed then.
func (m *markup) skip() error {
	if m.pending {
		return nil
	}
	name := string(m.name())
	if err := m.skipTo("</" + name + ">"); err != nil {
		return err
	}
	return m.leave([]byte(name))
}

// known spares the memory for the names that a sheet has a million times.
func known(name []byte) string {
	switch string(name) {
	case "c":
		return "c"
	case "v":
		return "v"
	case "t":
		return "t"
	case "f":
		return "f"
	case "r":
		return "r"
	case "is":
		return "is"
	case "si":
		return "si"
	case "row":
		return "row"
	}
	return string(name)
}

// content appends the text of the element that was opened last to out.
func (m *markup) content(out []byte) ([]byte, error) {
	for inside, from := m.depth, len(out); ; {
		p, err := m.next()
		if err != nil {
			return out, unexpected(err)
		}
		switch {
		case p == closed && m.depth < inside:
			return out, nil
		case p == words && m.depth == inside:
			if m.long || len(out)-from+len(m.text) > maxPiece {
				return out, errPiece
			}
			if m.cdata {
				out = append(out, m.text...)
			} else if out, err = unescape(out, m.text); err != nil {
				return out, err
			}
		}
	}
}

// attr returns an attribute of the last start tag; its prefix does not matter.
func (m *markup) attr(name string) (string, bool) {
	rest := m.tag[len(m.name()):]
	for {
		rest = bytes.TrimLeft(rest, " \t\r\n")
		at := bytes.IndexByte(rest, '=')
		if at < 0 {
			return "", false
		}
		key := bytes.TrimRight(rest[:at], " \t\r\n")
		rest = bytes.TrimLeft(rest[at+1:], " \t\r\n")
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			return "", false
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return "", false
		}
		if prefix, local, found := bytes.Cut(key, []byte{':'}); found && string(prefix) != "xmlns" {
			key = local
		}
		if string(key) == name {
			value, err := unescape(nil, rest[1:1+end])
			return string(value), err == nil
		}
		rest = rest[end+2:]
	}
}

// unexpected is err, where the end is a mistake.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
