package contesthttp_test

import (
	"testing"

	"github.com/xiadu/xiadu/internal/web/webtest"
)

func TestTmpLook(t *testing.T) {
	s := judgingBy(t, rubric(t), 4)
	b := s.tab(0, webtest.Phone)
	b.Wait(`document.querySelector('.judge-line').dataset.state === 'all'`)
	b.Shot("judge-none-390")
	s.begin("01")
	b.Wait(`document.querySelector('.judge-number')`)
	b.Type("#f-innovation", "8.5")
	b.Type("#f-effect", "10.05")
	b.Wait(`document.querySelector('[data-criterion=innovation] [data-kept]').textContent === '已存到计分台'`)
	b.Shot("judge-on-390")
	b.Check()
}
