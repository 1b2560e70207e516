package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

type timeCommand struct {
	Confirm bool `help:"${time_confirm}"`
}

func timeTexts(l lang.Lang) map[string]string {
	return map[string]string{
		"time":         l.T("核对这台机器的时间和已经记下的时间", "hold this machine's time against what is recorded"),
		"time_confirm": l.T("确认机器现在的时间是对的：到期的事接着办；之前记得太晚的，办件可以接着办", "the machine's time is right now: what is due by time goes on, and so do cases with a step that was recorded too late"),
	}
}

// Run says what is known of the time, and has it confirmed.
func (c timeCommand) Run(ctx context.Context, t terminal, cfg app.Config) error {
	s, confirmed, err := app.Time(ctx, cfg, c.Confirm)
	if err != nil {
		return err
	}
	at := func(when time.Time) string {
		if when.IsZero() {
			return t.lang.T("没有", "none")
		}
		return when.In(calendar.China).Format("2006-01-02 15:04:05")
	}
	fmt.Fprintln(t.out, t.lang.F("这台机器：%[1]s；上一次看到：%[2]s；日志最后一条：%[3]s", "This machine: %[1]s; seen last: %[2]s; last entry of the log: %[3]s", at(s.Now), at(s.Seen), at(s.Last)))
	switch wrong := (*fault.Error)(nil); {
	case confirmed:
		fmt.Fprintln(t.out, t.lang.T("已确认：从现在起按这台机器的时间办。", "Confirmed: things go by this machine's time from now on."))
	case errors.As(s.Wrong, &wrong):
		fmt.Fprintln(t.out, wrong.Text.In(t.lang))
	default:
		fmt.Fprintln(t.out, t.lang.T("时间没有问题，不用确认。", "Nothing is wrong with it, and nothing to be confirmed."))
	}
	return nil
}
