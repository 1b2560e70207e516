package main

import (
	"context"

	"github.com/xiadu/xiadu/internal/app"
)

type complaintsDue struct {
	Problem string `arg:"" help:"${due_problem}"`
	Measure int    `placeholder:"n" help:"${due_measure}"`
	JSON    bool   `name:"json" help:"${json}"`
}

// Run explains a period: each day, and who paused or extended it, when and why.
func (c complaintsDue) Run(ctx context.Context, t terminal, cfg app.Config) error {
	return app.OpenComplaints(ctx, cfg, func(rooms app.Complaints) error {
		r, err := rooms.Period(ctx, c.Problem, c.Measure)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t.out, r)
		}
		return explainDue(t, r)
	})
}
