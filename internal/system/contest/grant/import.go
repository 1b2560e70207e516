package grant

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
)

// The fields of a sheet.
const (
	fID = iota
	fKind
	fStation
	fPayer
	fPayee
	fYuan
	fPurpose
	fPaper
	fHash
	fDay
	fTakes
	fWhy
	fieldCount
)

// columnNames are the names of each field, the best first.
var columnNames = [fieldCount][]string{
	fID: {"流水号", "编号", "id"}, fKind: {"类别", "kind"}, fStation: {"驿站编号", "站点编号", "驿站", "station"}, fPayer: {"付款单位", "付款方", "payer"}, fPayee: {"收款单位", "收款方", "payee"},
	fYuan: {"金额（元）", "金额", "yuan"}, fPurpose: {"用途", "purpose"}, fPaper: {"凭证号", "票据号", "文号", "paper"}, fHash: {"凭证校验值", "hash"}, fDay: {"日期", "day"},
	fTakes: {"冲回", "takes"}, fWhy: {"冲回原因", "原因", "why"},
}

// fieldOf are the fields by the names that a movement's faults have.
var fieldOf = map[string]int{"id": fID, "kind": fKind, "station": fStation, "payer": fPayer, "payee": fPayee, "fen": fYuan, "purpose": fPurpose, "paper": fPaper, "hash": fHash, "day": fDay, "takes": fTakes, "why": fWhy}

var headings = sheet.NewHeadings(columnNames[:]...)

// Amount is where the amount stands in a row.
const Amount = fYuan

// Columns are the headings of a sheet, as an export writes and an import reads them.
func Columns() (all []string) {
	for _, names := range columnNames {
		all = append(all, names[0])
	}
	return all
}

// Row is a movement as a row of [Columns].
func (m *Movement) Row() []string {
	return []string{m.ID, m.Kind.Name().ZH, m.Station, m.Payer, m.Payee, Plain(m.Fen), m.Purpose, m.Paper, m.Hash, m.Day, m.Takes, m.Why}
}

// Plain is an amount as a sheet has it: 5000.00.
func Plain(fen int64) string {
	return strings.NewReplacer("¥", "", ",", "", "−", "-").Replace(Yuan(fen))
}

const (
	mostRows     = 10_000
	mostFindings = 200
)

// Outcome is what taking a sheet in did, or would do.
type Outcome struct {
	Added    int
	Same     int // there already
	Findings []Finding
	Errors   int // with one nothing is taken in
}

// Finding is what is wrong in a row.
type Finding struct {
	Row   int // as a spreadsheet program shows it
	Field string
	Text  lang.Text
}

// errUndo takes back what was written: a dry run, or a sheet with something wrong in it.
var errUndo = errors.New("nothing is kept")

// Import takes a sheet of movements in, all of it or nothing, row after row. The same sheet again changes nothing; a dry run says what
// would be done.
func (s *Grants) Import(ctx context.Context, who identity.Colleague, code string, file io.Reader, dry bool) (o Outcome, err error) {
	rows, err := readRows(ctx, file)
	if err != nil {
		return o, fault.At("file", err)
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		o = Outcome{}
		e, by, err := admit(tx, who, code)
		if err != nil {
			return err
		}
		list, err := s.final(tx, &e)
		if err != nil {
			return err
		}
		for _, r := range rows {
			m, err := r.movement(code)
			again := false
			if err == nil {
				_, again, err = post(tx, by, list, m)
			}
			switch {
			case err != nil:
				if err := o.wrong(r.number, err); err != nil {
					return err
				}
			case again:
				o.Same++
			default:
				o.Added++
			}
		}
		if dry || o.Errors > 0 {
			return errUndo
		}
		return nil
	})
	if errors.Is(err, errUndo) {
		err = nil
	}
	if o.Errors > 0 {
		o.Added, o.Same = 0, 0
	}
	return o, err
}

// wrong notes what is wrong in a row; what is no user's mistake is returned.
func (o *Outcome) wrong(row int, err error) error {
	fields, ok := fault.Fields(err)
	if !ok {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		o.Errors++
		if len(o.Findings) < mostFindings {
			o.Findings = append(o.Findings, Finding{row, columnNames[fieldOf[name]][0], fields[name].Text})
		}
	}
	return nil
}

// line is a row of a sheet.
type line struct {
	number int
	cells  [fieldCount]string
}

func (l *line) movement(code string) (m Movement, err error) {
	c := &l.cells
	m = Movement{
		Contest: code, ID: c[fID], Station: c[fStation], Payer: c[fPayer], Payee: c[fPayee], Purpose: c[fPurpose], Paper: c[fPaper], Hash: c[fHash],
		Day: strings.ReplaceAll(c[fDay], "/", "-"), Takes: c[fTakes], Why: c[fWhy], Kind: Kind(c[fKind]),
	}
	for _, k := range Kinds {
		if k.Name.ZH == c[fKind] {
			m.Kind = Kind(k.Key)
		}
	}
	ok := false
	if m.Fen, ok = ParseYuan(c[fYuan]); !ok {
		return m, fault.At("fen", fault.New(fault.Invalid, "“%[1]s”不是金额：写成 5000 或 5000.00", "%[1]q is no amount: write 5000 or 5000.00", lang.Short(c[fYuan])))
	}
	return m, nil
}

func readRows(ctx context.Context, file io.Reader) (all []line, err error) {
	f, err := sheet.Open(file)
	if err != nil {
		return nil, err
	}
	if f.Format == sheet.GeoJSON {
		return nil, fault.New(fault.Invalid, "这是地图文件，不是流水表：请用 XLSX 或 CSV", "this is a map and no table of movements: use XLSX or CSV")
	}
	var at []int
	err = f.EachRow(ctx, func(r *sheet.Row) error {
		texts := r.Texts()
		if at == nil {
			at, _ = headings.Find(texts)
			for i := range fHash { // what follows may be left out
				if at[i] < 0 {
					return fault.New(fault.Invalid, "标题行里没有“%[1]s”一列", "there is no column %[1]s", columnNames[i][0])
				}
			}
			if at[fDay] < 0 {
				return fault.New(fault.Invalid, "标题行里没有“%[1]s”一列", "there is no column %[1]s", columnNames[fDay][0])
			}
			return nil
		}
		if len(all) == mostRows {
			return fault.New(fault.Invalid, "一张表最多 %[1]d 行：请分成几张", "a sheet has %[1]d rows at most: use several", mostRows)
		}
		l := line{number: r.Number}
		for i, column := range at {
			if column >= 0 && column < len(texts) {
				l.cells[i] = strings.TrimSpace(texts[column])
			}
		}
		all = append(all, l)
		return nil
	})
	if err == nil && len(all) == 0 {
		err = fault.New(fault.Invalid, "表里没有流水：标题行下面是空的", "there are no movements: nothing stands below the headings")
	}
	return all, err
}
