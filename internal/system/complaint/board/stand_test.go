package board

import (
	"testing"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/table"
)

// A letter is closed for a stage when no problem of it is still in hand; who owes its next step is as it was published, and
// else the unit that leads.
func TestStand(t *testing.T) {
	day := calendar.On(2027, 3, 1)
	problems := map[string]problem.Stand{
		"staged": {Stage: complaint.Staged, Lead: "hospital", NextDay: day.String()}, "in hand": {Stage: complaint.Rectifying, Lead: "water"},
		"done": {Stage: complaint.Done, Lead: "water"}, "filed": {Stage: complaint.Filed, Lead: "water"},
	}
	published := table.Row{Status: table.Staged, Next: day, Owes: "医院后勤科"}
	earlier := published
	earlier.Next = day.Add(-1)
	for name, c := range map[string]struct {
		row  table.Row
		of   []string
		want State
		owes string
	}{
		"one of two is in hand":             {table.Row{}, []string{"staged", "in hand"}, Working, ""},
		"one of two, whatever is published": {published, []string{"in hand", "staged"}, Working, ""},
		"the other is done":                 {table.Row{}, []string{"done", "staged"}, Staged, "hospital"},
		"the other is filed":                {table.Row{}, []string{"filed", "staged"}, Staged, "hospital"},
		"as it was published":               {published, []string{"staged"}, Staged, "医院后勤科"},
		"published for another day":         {earlier, []string{"staged"}, Staged, "hospital"},
		"its bulletin alone says so":        {published, []string{"in hand"}, Staged, "医院后勤科"},
		"all are filed":                     {published, []string{"filed"}, Closed, ""},
	} {
		l := Letter{Row: c.row}
		var all []problem.Stand
		for _, p := range c.of {
			all = append(all, problems[p])
		}
		l.stand(all)
		if l.State != c.want || c.want == Staged && l.Owes != c.owes {
			t.Errorf("%s: %s, owed by %q", name, l.State, l.Owes)
		}
	}
}
