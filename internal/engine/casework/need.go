package casework

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework/process"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// asked is a step held against what its move needs.
type asked struct {
	*Book
	tx      *db.Tx
	process *process.Process
	c       Case
	s       Step
	steps   []stepRow // of this life, once they were needed
	parties []string
}

// lacks holds a step against what its move needs. All that is missing is told at once; what
// may be passed over with a reason comes back.
func (b *Book) lacks(tx *db.Tx, p *process.Process, c Case, m process.Move, s Step) (soft []process.Need, err error) {
	if len(s.By) == 0 {
		return nil, errors.New("casework: nobody makes the step")
	}
	if err := b.Absences.hold(tx, s.By); err != nil {
		return nil, err
	}
	a := &asked{Book: b, tx: tx, process: p, c: c, s: s}
	var missing []error
	for _, n := range m.Needs {
		err := a.need(n)
		switch kind := fault.KindOf(err); {
		case err == nil:
		case kind == 0:
			return nil, err
		case n.Soft && strings.TrimSpace(s.Reason) != "":
			soft = append(soft, n)
		default:
			missing = append(missing, fault.At(string(n.Kind)+"."+n.Name, err))
		}
	}
	if len(missing) == 1 {
		return nil, missing[0]
	}
	return soft, errors.Join(missing...)
}

// need returns a fault where a need is not met, and another error where that cannot be known.
func (a *asked) need(n process.Need) error {
	switch n.Kind {
	case process.Field:
		if strings.TrimSpace(a.s.Fields[n.Name]) == "" {
			return fault.New(fault.Invalid, "还没有填“%[1]s”。", "%[2]q is not filled in yet.", n.Called().ZH, n.Called().EN)
		}
		return nil
	case process.Reason:
		if strings.TrimSpace(a.s.Reason) == "" {
			return fault.New(fault.Invalid, "请写明理由。", "Give the reason.")
		}
		return nil
	case process.Evidence:
		return a.evidence(n)
	case process.Elapsed:
		return a.elapsed(n)
	case process.Each:
		return a.each(n)
	case process.NoneOpen:
		return a.noneOpen(n)
	case process.NotPersonsOf:
		return a.others(n)
	case process.Outside:
		return a.outside(n)
	case process.AnyOf:
		return a.anyOf(n)
	}
	return errors.New("casework: no need " + string(n.Kind))
}

// evidence counts different proofs that hold.
func (a *asked) evidence(n process.Need) error {
	want := max(n.N, 1)
	seen := map[string]bool{}
	var why error
	for _, p := range a.s.Proofs {
		if p.Kind != n.Name || a.s.Proves == nil {
			continue
		}
		same, err := a.s.Proves(a.tx, n, p)
		switch {
		case err != nil && fault.KindOf(err) == 0:
			return err
		case err != nil:
			why = err // the last one says most: it was looked at
		case same != "":
			seen[same] = true
		}
	}
	if len(seen) >= want {
		return nil
	}
	if why != nil {
		return why
	}
	return fault.New(fault.Invalid, "需要 %[1]d 份“%[2]s”，现有 %[3]d 份（同一份只算一次）。", "%[1]d pieces of %[4]q are needed, and there are %[3]d (the same one counts once).", want, n.Called().ZH, len(seen), n.Called().EN)
}

func (a *asked) elapsed(n process.Need) error {
	k, ok, err := lastClock(a.tx, a.c, n.Name)
	if err != nil {
		return err
	}
	if ok && k.DueAt != nil && !a.now(a.tx).Before(*k.DueAt) {
		return nil
	}
	if !ok || k.DueAt == nil {
		return fault.New(fault.Late, "“%[1]s”还没有开始，或正在中止。", "The period %[1]q has not begun, or is paused.", n.Name)
	}
	r, err := k.reckon(a.office)
	if err != nil {
		return err
	}
	says := r.Says()
	return fault.New(fault.Late, "“%[1]s”还没有结束：%[3]s。", "The period %[2]q has not ended: %[4]s.", r.Rule.Title.ZH, r.Rule.Title.EN, says.ZH, says.EN)
}

// children counts the children of a kind by where they stand.
func (a *asked) children(kind string) (open, done int, name lang.Text, err error) {
	p := a.processes[kind]
	if p == nil {
		return 0, 0, lang.Text{}, errors.New("casework: no process " + kind)
	}
	counts, err := childStages.Slice(a.tx, childrenOf{a.c.ID, kind})
	for _, at := range counts {
		s, _ := p.Stage(at.Stage)
		switch {
		case !s.Final:
			open += at.N
		case !s.Void:
			done += at.N
		}
	}
	return open, done, p.Name, err
}

func (a *asked) each(n process.Need) error {
	open, done, name, err := a.children(n.Name)
	switch {
	case err != nil:
		return err
	case open > 0:
		return fault.New(fault.Invalid, "还有 %[1]d 项“%[2]s”没有完成。", "%[1]d of %[3]q are not done yet.", open, name.ZH, name.EN)
	case done == 0:
		return fault.New(fault.Invalid, "至少要有一项完成的“%[1]s”。", "There must be at least one %[2]q that was done.", name.ZH, name.EN)
	}
	return nil
}

func (a *asked) noneOpen(n process.Need) error {
	open, _, name, err := a.children(n.Name)
	if err == nil && open > 0 {
		err = fault.New(fault.Invalid, "还有 %[1]d 件“%[2]s”没有处理。", "%[1]d of %[3]q are undecided.", open, name.ZH, name.EN)
	}
	return err
}

func (a *asked) life() error {
	if a.steps != nil {
		return nil
	}
	steps, err := stepsOfLife.Slice(a.tx, inLife{a.c.ID, a.c.Life})
	a.steps = append([]stepRow{}, steps...)
	return err
}

// others refuses whoever made one of the moves, of the case in this life or of its children, themselves or in
// another's place.
func (a *asked) others(n process.Need) error {
	if err := a.life(); err != nil {
		return err
	}
	if err := a.madeBySame(a.process, a.steps, n.Not); err != nil {
		return err
	}
	of := map[string][]string{} // moves of children, by kind
	for _, not := range n.Not {
		if kind, move, ofChild := strings.Cut(not, "/"); ofChild {
			of[kind] = append(of[kind], move)
		}
	}
	for kind, moves := range of {
		steps, err := stepsOfChildren.Slice(a.tx, childrenMade{a.c.ID, kind, moves})
		if err != nil {
			return err
		}
		if err := a.madeBySame(a.processes[kind], steps, moves); err != nil {
			return err
		}
	}
	return nil
}

// madeBySame refuses whoever made one of the moves among some steps.
func (a *asked) madeBySame(of *process.Process, steps []stepRow, moves []string) error {
	for _, row := range steps {
		if !slices.Contains(moves, row.Move) {
			continue
		}
		past, err := row.past()
		if err != nil {
			return err
		}
		for _, was := range past.By {
			if slices.ContainsFunc(a.s.By, func(p Person) bool { return p.same(was) }) {
				m, _ := of.Move(row.Move)
				return fault.New(fault.Denied, "“%[1]s”是您做的，这一步要由另一个人来做。", "You made the step %[2]q; this one is for somebody else.", m.Name.ZH, m.Name.EN)
			}
		}
	}
	return nil
}

// same reports whether two are one person, also where one took the other's place.
func (p Person) same(o Person) bool {
	is := func(a, b string) bool { return a != "" && a == b }
	return is(p.ID, o.ID) || is(p.ID, o.For) || is(p.For, o.ID) || is(p.For, o.For)
}

// outside admits those alone whose organisation was no party of this life, nor of what had to be done for the case:
// of a child of which the process wants each to be done.
func (a *asked) outside(n process.Need) error {
	if a.parties == nil {
		parties, err := everParty(a.tx, a.c)
		if err != nil {
			return err
		}
		a.parties = append([]string{}, parties...)
		for _, kind := range a.process.Children() {
			owners, err := partiesOfChildren.Slice(a.tx, childrenOf{a.c.ID, kind})
			if err != nil {
				return err
			}
			a.parties = append(a.parties, owners...)
		}
	}
	for _, p := range a.s.By {
		if p.Organisation == "" {
			return fault.New(fault.Denied, "这一步要由责任单位以外的单位来做：请先写明您属于哪个单位。", "This step is for somebody from outside the responsible unit: say first for whom you act.")
		}
		out, err := a.Book.outside(a.tx, p.Organisation, a.parties, n.Superior)
		if err != nil {
			return err
		}
		if !out {
			if n.Superior {
				return fault.New(fault.Denied, "这一步要由与责任单位无隶属关系的单位来做，本单位、下级和上级都不行。", "This step is for a unit that has nothing to do with the responsible one: neither itself, nor one below or above it.")
			}
			return fault.New(fault.Denied, "这一步要由责任单位以外的人来做。", "This step is for somebody from outside the responsible unit.")
		}
	}
	return nil
}

func (a *asked) anyOf(n process.Need) error {
	var first error
	for _, one := range n.Any {
		err := a.need(one)
		if err == nil {
			return nil
		}
		if fault.KindOf(err) == 0 {
			return err
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// Bars is what keeps somebody from a move of a case as it stands, whatever they bring: that it is for somebody
// from outside, or for others than who made another move. Who offers moves asks it first; it holds nothing up
// that [Book.Advance] would not. Nil: nothing does.
func (b *Book) Bars(tx *db.Tx, id, move string, by ...Person) error {
	c, err := caseByID.One(tx, id)
	if err != nil {
		return err
	}
	p := b.processes[c.Process]
	if p == nil {
		return fmt.Errorf("casework: the process %q of %s is not there", c.Process, c.Code)
	}
	m, ok := p.Move(move)
	if !ok {
		return fmt.Errorf("casework: the process %s has no move %q", p.Key, move)
	}
	a := &asked{Book: b, tx: tx, process: p, c: c, s: Step{By: by}}
	for _, n := range m.Needs {
		if n.Soft || n.Kind != process.Outside && n.Kind != process.NotPersonsOf {
			continue
		}
		if err := a.need(n); err != nil {
			return err
		}
	}
	return nil
}
