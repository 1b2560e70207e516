package complainttest

import (
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// Over has the city go on over another database, which has its organisations: a backup that was restored. A clerk has signed in again.
func (c *City) Over(d *db.DB) {
	c.t.Helper()
	c.DB = d
	s, err := staff(c.t, d, c.KeyFile)
	c.must(err)
	c.People = identitytest.Of(c.t, s)
	c.Clerk = c.Somebody("complaint.coordinator", "督察整改办")
	c.Campaigns, c.Letters, c.Problems = campaign.In(d), letter.In(d, c.Book), problem.In(d, c.Book, func() (*evidence.Evidence, error) { return c.Evidence, nil })
	c.Intake, c.Bulletins = intake.In(d, c.Book, c.Problems), bulletin.In(d)
}
