package complaint

import (
	"fmt"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/lang"
)

// MostBatch is the last number that a batch of the inspectors may have, far beyond a month's evenings.
const MostBatch = 999

// PublicBatch is the number of the batch of what the public reports on a day: the day in eight digits, which is none that
// the inspectors give.
func PublicBatch(day calendar.Date) int {
	year, month, of := day.Civil()
	return year*10_000 + int(month)*100 + of
}

// BatchDay is the day of a batch of the public; false for any other number.
func BatchDay(number int) (day calendar.Date, public bool) {
	day = calendar.On(number/10_000, time.Month(number/100%100), number%100)
	return day, number > MostBatch && PublicBatch(day) == number
}

// BatchName is what a batch is called: by its number, and one of the public by its day.
func BatchName(number int) lang.Text {
	if day, public := BatchDay(number); public {
		return text("公众反映 "+day.String(), "reports of the public, "+day.String())
	}
	return text(fmt.Sprintf("第 %d 批", number), fmt.Sprintf("batch %d", number))
}
