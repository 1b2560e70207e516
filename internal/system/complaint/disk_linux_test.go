package complaint_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// A disk that fills up while a unit brings a photo of what it found: it is said, nothing is left half, and with room again it works.
func TestFullDiskAtAPhoto(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=32m"); err != nil {
		t.Skipf("a small disk cannot be mounted here (%v): run as root", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	c := complainttest.OpenIn(t, dbtest.Open(t, "sqlite:"+filepath.Join(disk, "xiadu.db"), complainttest.Schemas...), disk)
	c.Begin("XN2023", "city")
	c.Take("XN2023", batch)
	c.Make(c.Clerk, signed, problem.Move{Move: "assign", Lead: c.Orgs["市医院"]})
	c.Make(c.Unit, signed, problem.Move{Move: "sign"})
	before, _ := stateOf(t, c)

	var space syscall.Statfs_t
	if err := syscall.Statfs(disk, &space); err != nil {
		t.Fatal(err)
	}
	filler := filepath.Join(disk, "filler")
	if err := os.WriteFile(filler, make([]byte, int64(space.Bavail)*space.Bsize-100<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	photo := string(picture(t, 1)) + strings.Repeat("x", 1<<20) // what follows a picture is kept, too
	_, err := c.Evidence.Take(c.Ctx(), strings.NewReader(photo), evidence.Sent{Kind: "complaint.photo", By: c.Unit.Person})
	if text, _ := fault.In(lang.ZH, err); fault.KindOf(err) != fault.Unavailable || !strings.Contains(text, "磁盘已满") {
		t.Errorf("%q: %v", text, err)
	}
	if left, err := os.ReadDir(filepath.Join(disk, "evidence", "incoming")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if after, _ := stateOf(t, c); strings.Join(after, "\n") != strings.Join(before, "\n") {
		t.Errorf("the data are other than before:\n%s", difference(strings.Join(before, "\n"), strings.Join(after, "\n")))
	}
	c.Make(c.Unit, signed, problem.Move{
		Move: "found", Verdicts: c.Points(c.Look(signed), complaint.True), Day: c.Day(60), Files: []problem.File{c.Photo(c.Unit, 1), c.Photo(c.Unit, 2)},
	})
	(&suffering{t: t}).sound(c, disk)
}
