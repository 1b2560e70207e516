package published

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/system/complaint/table"
)

// The queries.
const (
	Table  = "complaint.table/1"
	Counts = "complaint.counts/1"
)

// Params name an inspection, and perhaps one of its bulletins.
func Params(campaign string, number int) figure.Params {
	p := figure.Params{"campaign": campaign}
	if number > 0 {
		p["bulletin"] = strconv.Itoa(number)
	}
	return p
}

// Queries are the figures.
func Queries() []figure.Query {
	return []figure.Query{
		{
			Name:    Table,
			Members: []string{"campaign", "files", "letters", "codes", "sha256"},
			Title:   lang.Text{ZH: "公开情况一览表", EN: "The official table"},
			How: lang.Text{
				ZH: "每个公开批次的表放在公开日志旁边，日志里有它的散列。单个批次的表就是那个文件；不写批次的，把各批次合起来：每件取最后一次公开的那一行。",
				EN: "The table of each bulletin lies beside the public log, which has its hash. That of one bulletin is the file; without a bulletin they are put together, and of each letter the row that was published last is taken.",
			},
			Over: fromLog, Shelf: shelf, Settle: settle, Tell: tellTable,
			Beside: func(ctx context.Context, s figure.State, p figure.Params, file figure.Fetch) (any, error) {
				t, files, err := s.(*public).table(ctx, p, file)
				if err != nil {
					return nil, err
				}
				out := tableResult{Campaign: p["campaign"], Files: files, Letters: len(t.Rows), Codes: []string{}}
				for _, r := range t.Rows {
					out.Codes = append(out.Codes, r.Code)
				}
				_, out.SHA256, err = t.Canonical()
				return out, err
			},
		},
		{
			Name: Counts,
			Members: []string{
				"letters", "republished", "key", "problems", "types", "untyped", "by_kind", "by_region", "by_verdict", "by_point", "by_status",
				"files", "taken_up_again", "stages", "closed", "came_back",
			},
			Title: lang.Text{ZH: "信访件、问题、类型各有多少", EN: "How many letters, problems and types"},
			How: lang.Text{
				ZH: "按公开批次的表逐行计数：信访件、问题、类型是三个数，不能互相推算。不写批次的是现在的情况：公开时已办结、后来又重新办理的信访件，从那天起不再算办结；销号后又反弹的问题不再算销号。",
				EN: "Counted from the rows of the tables that were published. Letters, problems and types are three counts, and none is got from another. Without a bulletin it is as of now: a letter that was published as done and taken up again is not done from that day on, and a problem that came back is not closed.",
			},
			Over: fromLog, Shelf: shelf, Settle: settle, Tell: tellCounts,
			Beside: func(ctx context.Context, s figure.State, p figure.Params, file figure.Fetch) (any, error) {
				return s.(*public).count(ctx, p, file)
			},
		},
	}
}

type tableResult struct {
	Campaign string   `json:"campaign"`
	Files    []string `json:"files"`
	Letters  int      `json:"letters"`
	Codes    []string `json:"codes"`
	SHA256   string   `json:"sha256"` // of the canonical form of the table
}

// CountsResult is the answer of complaint.counts/1.
type CountsResult struct {
	table.Counts
	Files []string `json:"files"`
	Again int      `json:"taken_up_again"` // letters that were published as done, or for a stage
	closings
}

func settle(p figure.Params, _ time.Time) (figure.Params, error) {
	code := p["campaign"]
	if code == "" || len(code) > 12 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
		return nil, fault.At("campaign", fault.New(fault.Invalid, "请写督察的编号，如 campaign=XN2023", "name the inspection, as campaign=XN2023"))
	}
	number := 0
	if text := p["bulletin"]; text != "" {
		var err error
		if number, err = strconv.Atoi(text); err != nil || number < 1 || strconv.Itoa(number) != text {
			return nil, fault.At("bulletin", fault.New(fault.Invalid, "“%[1]s”不是公开批次的序号", "%[1]q is no number of a bulletin", lang.Short(text)))
		}
	}
	return Params(code, number), nil
}

// table is the table of a bulletin, or what stands, and the files that it is made of.
func (p *public) table(ctx context.Context, params figure.Params, file figure.Fetch) (t table.Table, files []string, err error) {
	number, _ := strconv.Atoi(params["bulletin"])
	var all []table.Table
	for _, e := range p.of(params["campaign"]) {
		if number > 0 && e.Bulletin != number {
			continue
		}
		text, err := file(ctx, e.file())
		if err != nil {
			return t, nil, err
		}
		one, err := table.Read(text)
		if err != nil {
			return t, nil, err
		}
		all, files = append(all, one), append(files, e.file())
	}
	if len(all) == 0 {
		return t, nil, fault.New(fault.NotFound, "公开日志里没有这个公开批次。", "The public log has no such bulletin.")
	}
	if number > 0 {
		return all[0], files, nil
	}
	return table.Stand(all...), files, nil
}

func (p *public) count(ctx context.Context, params figure.Params, file figure.Fetch) (any, error) {
	t, files, err := p.table(ctx, params, file)
	if err != nil {
		return nil, err
	}
	out := CountsResult{Files: files}
	if params["bulletin"] == "" {
		now := p.today(params["campaign"])
		for i := range t.Rows {
			r := &t.Rows[i]
			if is, ok := now[key(r.Code, r.Batch)]; ok && (r.Status == table.Done || r.Status == table.Staged) {
				r.Status = is
				out.Again++
			}
		}
		out.closings = p.closings(params["campaign"])
	} else {
		out.Stages = []table.Count{}
	}
	out.Counts = t.Counts()
	return out, nil
}

// read reads a result for Tell. What a receipt lacks stays empty.
func read[T any](result json.RawMessage) (out T) {
	_ = json.Unmarshal(result, &out)
	return out
}

func both(zh, en, value string) figure.Line {
	return figure.Line{Name: lang.Text{ZH: zh, EN: en}, Value: lang.Text{ZH: value, EN: value}}
}

// where names what is told of.
func where(p figure.Params) lang.Text {
	if n := p["bulletin"]; n != "" {
		return lang.Text{ZH: p["campaign"] + " 第 " + n + " 号公开批次", EN: p["campaign"] + ", bulletin " + n}
	}
	return lang.Text{ZH: p["campaign"] + "，现在公开的全部", EN: p["campaign"] + ", all that stands public"}
}

func tellTable(p figure.Params, result json.RawMessage) []figure.Line {
	r := read[tableResult](result)
	lines := []figure.Line{
		{Name: where(p), Value: lang.Text{ZH: fmt.Sprintf("信访件 %d 件", r.Letters), EN: fmt.Sprintf("%d letters", r.Letters)}},
		both("表的散列", "hash of the table", r.SHA256),
	}
	for _, f := range r.Files {
		lines = append(lines, both("日志旁边的文件", "file beside the log", figure.BesideFolder+f))
	}
	return lines
}

func tellCounts(p figure.Params, result json.RawMessage) []figure.Line {
	r := read[CountsResult](result)
	lines := []figure.Line{{Name: where(p), Value: lang.Text{
		ZH: fmt.Sprintf("信访件 %d 件，反映问题 %d 个，按类型 %d 件次", r.Letters, r.Problems, r.Types),
		EN: fmt.Sprintf("%d letters, %d problems, %d by type", r.Letters, r.Problems, r.Types),
	}}}
	for _, note := range r.Notes() {
		lines = append(lines, figure.Line{Name: lang.Text{ZH: "脚注", EN: "footnote"}, Value: note})
	}
	for _, c := range r.ByStatus {
		status, _ := table.ParseStatus(c.Key)
		lines = append(lines, both(status.Name().ZH, status.Name().EN, strconv.Itoa(c.N)))
	}
	if p["bulletin"] == "" {
		lines = append(lines,
			both("公开时已办结或阶段性办结、现在重新办理的信访件", "letters that were published as done, or for a stage, and are taken up again", strconv.Itoa(r.Again)),
			both("现在已销号的问题", "problems that are closed now", strconv.Itoa(r.Closed)),
			both("反弹过的问题", "problems that came back", strconv.Itoa(r.Rebound)))
	}
	return lines
}
