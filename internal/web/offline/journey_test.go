package offline_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// hand is a phone that a hand of the yard is signed in on.
func (y *yard) hand(t *testing.T) *webtest.Tab {
	t.Helper()
	b := webtest.Open(t, y.url, webtest.Phone)
	b.SetCookie("session", y.people.SignIn("yard.hand"))
	b.Go("/yard")
	kept(b)
	return b
}

// kept waits until the page and its bundle are on the phone.
func kept(b *webtest.Tab) {
	b.Wait(`document.querySelector('[data-acts-ready]') && !document.querySelector('[data-acts-line=kept]').hidden`)
	b.Wait(`navigator.serviceWorker.controller`)
}

// away takes the whole network, and back gives it.
func (y *yard) away(b *webtest.Tab) { y.line.Cut(); webtest.Signal(b, false) }
func (y *yard) back(b *webtest.Tab) { y.line.Mend(); webtest.Signal(b, true) }

const (
	unsent  = `document.querySelector('[data-acts]')?.dataset.actsUnsent === `
	stopped = `document.querySelector('[data-acts]')?.dataset.actsStopped === `
)

func write(b *webtest.Tab, text string) {
	b.Type("#f-text", text)
	b.Click("#note button")
	b.Wait(`document.querySelector('#f-text').value === ''`)
}

func move(b *webtest.Tab, place string) {
	b.Type("#f-place", place)
	b.Click("#move button")
	b.Wait(`document.querySelector('#f-place').value === ''`)
}

// A shift without a signal: the page is there, says that it is a kept one, what is done is noted
// and shown, survives a killed tab, and is sent once when there is a signal.
func TestAShiftWithoutASignal(t *testing.T) {
	y := open(t, dbtest.SQLite(t))
	b := y.hand(t)
	b.Shot("yard-online")
	b.Check()
	y.away(b)
	b.Go("/yard")
	b.Wait(`!document.querySelector('[data-offline-bundle]').hidden`)
	b.Wait(`document.querySelector('[data-acts-ready]')`)
	if text := b.Text("[data-offline]"); !strings.Contains(text, "存在这台手机上") {
		t.Errorf("the kept page says %q", text)
	}
	b.Wait(`document.querySelector('main img').naturalWidth === 40`) // the picture is in the bundle
	if v := webtest.Eval[int](b, `fetch('/yard/data.json').then((a) => a.json()).then((d) => d.version)`); v != 0 {
		t.Error(v)
	}
	write(b, "围挡倒了")
	write(b, "水管漏")
	move(b, "东墙")
	move(b, "西墙") // builds on the one before
	b.Wait(unsent + `'4'`)
	if text := b.Text("[data-acts-here]"); !strings.Contains(text, "围挡倒了") || !strings.Contains(text, "记：") || !strings.Contains(text, "还没送出") {
		t.Errorf("the page shows %q", text)
	}
	b.Forget() // Chromium notes each request without a network
	b.Shot("yard-unsent")
	b.Check()
	webtest.Kill(b)
	c := webtest.Beside(b, webtest.Phone)
	c.Go("/yard") // the line is still cut
	webtest.Signal(c, false)
	c.Wait(unsent + `'4'`)
	write(c, "第三件")
	c.Wait(unsent + `'5'`)
	y.back(c)
	y.wants("围挡倒了", "水管漏", "第三件")
	c.Wait(unsent + `'0'`)
	c.Wait(`document.querySelector('#heap b').textContent === '西墙'`) // the page was loaded anew
	c.Forget()
	c.Check()
	for _, n := range y.notes() {
		if d := time.Since(n.Happened); d < 0 || d > time.Minute {
			t.Errorf("%s happened %s ago", n.Text, d)
		}
	}
}

// Whoever has moved the heap meanwhile: both versions, do it all the same, or drop it.
func TestAConflictIsDecided(t *testing.T) {
	y := open(t, dbtest.SQLite(t))
	b := y.hand(t)
	webtest.Signal(b, false)
	move(b, "东墙")
	write(b, "不行") // is refused
	b.Wait(unsent + `'2'`)
	y.shift("水沟边")
	webtest.Signal(b, true)
	b.Wait(stopped + `'2'`)
	b.Forget()
	b.Shot("yard-conflict")
	b.Check()
	text := b.Text("[data-acts-list]")
	for _, want := range []string{"挪到东墙", "料堆已在水沟边", "请写清楚看到了什么"} {
		if !strings.Contains(text, want) {
			t.Errorf("the list does not say %q: %s", want, text)
		}
	}
	b.Go("/yard")
	b.Wait(stopped + `'2'`) // it stays for the person
	b.Click(`[data-acts-again]:not([hidden])`)
	b.Wait(stopped + `'1'`)
	for range 200 {
		if h, _, err := y.read(t.Context()); err != nil || h.Place == "东墙" {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.Go("/yard")
	if text := b.Text("#heap b"); text != "东墙" {
		t.Errorf("the heap is at %s", text)
	}
	b.Wait(stopped + `'1'`)
	webtest.Eval[bool](b, `(window.confirm = () => true)()`)
	b.Wait(`document.querySelector('[data-acts-list] [data-acts-drop]')`)
	b.Click(`[data-acts-list] [data-acts-drop]`)
	b.Wait(stopped + `'0'`)
	y.wants()
}

// A photo goes in parts; a server that is started anew in between goes on where it was, and two
// tabs send nothing twice.
func TestPhotosAndTwoTabs(t *testing.T) {
	y := open(t, dbtest.SQLite(t))
	b := y.hand(t)
	photo := filepath.Join(t.TempDir(), "photo.bin")
	if err := os.WriteFile(photo, bytes.Repeat([]byte("0123456789"), 150_000), 0o600); err != nil {
		t.Fatal(err)
	}
	webtest.Signal(b, false)
	webtest.Attach(b, "#f-photo", photo)
	write(b, "有图")
	for i := range 5 {
		write(b, "第"+strconv.Itoa(i))
	}
	b.Wait(unsent + `'6'`)
	c := webtest.Beside(b, webtest.Phone)
	c.Go("/yard") // this tab has a signal and sends, while the other comes back
	y.start()
	webtest.Signal(b, true)
	y.wants("有图", "第0", "第1", "第2", "第3", "第4")
	c.Wait(unsent + `'0'`)
	if y.parts.Load() != 3 {
		t.Errorf("%d parts came of 3", y.parts.Load())
	}
	for _, n := range y.notes() {
		if want := map[bool]int{true: 1, false: 0}[n.Text == "有图"]; n.Files != want {
			t.Errorf("%s has %d files", n.Text, n.Files)
		}
	}
}

// A tab that dies while the server answers does not know what was done: it is sent again, and
// done once.
func TestKilledWhileSending(t *testing.T) {
	y := open(t, dbtest.SQLite(t))
	b := y.hand(t)
	y.slow.Store(1500)
	write(b, "一次")
	for y.asked.Load() == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	webtest.Kill(b)
	y.wants("一次")
	y.slow.Store(0)
	c := webtest.Beside(b, webtest.Phone)
	c.Go("/yard")
	c.Wait(unsent + `'0'`)
	if y.asked.Load() < 2 {
		t.Error("it was not sent again")
	}
	y.wants("一次")
}

// At sign-out all that can be read goes, also without a signal; what is sealed stays, is sent by
// who signs in next, and is its author's.
func TestSignOutAndACourier(t *testing.T) {
	y := open(t, dbtest.SQLite(t))
	b := y.hand(t)
	write(b, "在线")
	y.wants("在线")
	author := y.notes()[0].By
	b.Wait(`document.querySelector('#notes li')`) // the page came anew
	kept(b)
	y.away(b)
	b.Go("/yard")
	b.Wait(`document.querySelector('[data-acts-ready]')`)
	write(b, "秘密")
	b.Wait(unsent + `'1'`)
	b.Click(`form[action="/sign-out"] button`)
	b.Wait(`location.pathname !== '/yard'`)
	if caches := webtest.Eval[string](b, `caches.keys().then((all) => all.filter((n) => n.startsWith('xiadu-bundle')).join())`); caches != "" {
		t.Errorf("left on the phone: %s", caches)
	}
	left := webtest.Eval[string](b, `new Promise((done) => {
		const open = indexedDB.open('xiadu-acts', 1);
		open.onsuccess = async () => {
			const all = (store) => new Promise((got) => (open.result.transaction(store).objectStore(store).getAll().onsuccess = (e) => got(e.target.result)));
			const out = {};
			for (const store of open.result.objectStoreNames) out[store] = await all(store);
			open.result.close();
			done(JSON.stringify(out));
		};
	})`)
	if strings.Contains(left, "秘密") || !strings.Contains(left, `"acts":[{`) || !strings.Contains(left, `"devices":[]`) || !strings.Contains(left, `"lines":[]`) {
		t.Errorf("the store holds %s", left)
	}
	y.back(b)
	b.Go("/sign-in")
	b.Wait(`localStorage.getItem('xiadu-leaving') === null`)
	b.Go("/yard")
	b.Wait(`location.pathname === '/sign-in'`) // the session has ended, too
	b.SetCookie("session", y.people.SignIn("yard.hand"))
	b.Go("/yard")
	y.wants("在线", "秘密")
	for _, n := range y.notes() {
		if n.By != author {
			t.Errorf("%s is of somebody else", n.Text)
		}
	}
}

// The bundle is whole or what it was: where a part is not what the manifest says, the old one stays.
func TestABundleIsWholeOrAbsent(t *testing.T) {
	y := open(t, dbtest.SQLite(t))
	b := y.hand(t)
	first := webtest.Eval[string](b, versions)
	y.pages.Add(1)
	b.Go("/yard")
	for range 400 {
		if now := webtest.Eval[string](b, versions); now != first && !strings.Contains(now, ",") {
			first = now
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if v := webtest.Eval[int](b, `caches.match('/yard/data.json').then((a) => a.json()).then((d) => d.version)`); v != 1 {
		t.Errorf("the bundle has version %d", v)
	}
	answer := webtest.Eval[string](b, `fetch('/yard/bundle.json').then((a) => a.json()).then((bundle) => new Promise((done) => {
		bundle.hash = 'other';
		bundle.parts[1].sha256 = 'damaged';
		const channel = new MessageChannel();
		channel.port1.onmessage = (e) => done(JSON.stringify(e.data));
		navigator.serviceWorker.controller.postMessage({bundle, address: '/yard/bundle.json', reader: document.body.dataset.reader}, [channel.port2]);
	}))`)
	if answer != `{"why":"changed"}` {
		t.Errorf("the worker answers %s", answer)
	}
	if now := webtest.Eval[string](b, versions); now != first {
		t.Errorf("the versions are %s, not %s", now, first)
	}
}

const versions = `caches.keys().then((all) => all.filter((n) => n.startsWith('xiadu-bundle ')).join())`

// A store that the browser wiped is noticed, with how many were lost.
func TestAWipedStore(t *testing.T) {
	y := open(t, dbtest.SQLite(t))
	b := y.hand(t)
	webtest.Signal(b, false)
	write(b, "丢")
	b.Wait(unsent + `'1'`)
	webtest.Wipe(b, "indexeddb")
	webtest.Signal(b, true)
	b.Go("/yard")
	b.Wait(`!document.querySelector('[data-acts-line=wiped]').hidden`)
	if text := b.Text("[data-acts-line=wiped]"); !strings.Contains(text, "1") {
		t.Errorf("it says %q", text)
	}
	b.Shot("yard-wiped")
	b.Click("[data-acts-wiped-seen]")
	b.Wait(`document.querySelector('[data-acts-line=wiped]').hidden`)
	b.Go("/yard")
	kept(b)
	if !webtest.Eval[bool](b, `document.querySelector('[data-acts-line=wiped]').hidden`) {
		t.Error("it says so for ever")
	}
	y.wants()
}

// What is saved to a file is taken in on another computer, by somebody else, and sent from there;
// the phone that sends it later, too, does nothing twice.
func TestSavedToAFile(t *testing.T) {
	y := open(t, dbtest.SQLite(t))
	b := y.hand(t)
	photo := filepath.Join(t.TempDir(), "photo.bin")
	if err := os.WriteFile(photo, bytes.Repeat([]byte("x"), 600_000), 0o600); err != nil {
		t.Fatal(err)
	}
	webtest.Signal(b, false)
	webtest.Attach(b, "#f-photo", photo)
	write(b, "带图")
	write(b, "不行")
	b.Wait(unsent + `'2'`)
	text := webtest.Eval[string](b, `new Promise((done) => {
		URL.createObjectURL = (blob) => { blob.text().then(done); return 'blob:none'; };
		HTMLAnchorElement.prototype.click = () => {};
		document.querySelector('[data-acts-save]').click();
	})`)
	if strings.Contains(text, "带图") {
		t.Error("the file can be read")
	}
	file := filepath.Join(t.TempDir(), "x.xiadu-acts")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	other := webtest.Open(t, y.url, webtest.Desk)
	other.SetCookie("session", y.people.SignIn())
	other.Go("/acts/take-in")
	other.Wait(`document.querySelector('[data-acts-ready]')`)
	other.Shot("take-in")
	other.Check()
	webtest.Attach(other, "#f-file", file)
	other.Click("main form button[type=submit]")
	y.wants("带图")
	other.Wait(unsent + `'0'`)
	if said := other.Text("[data-acts-took]"); !strings.Contains(said, "2 件") {
		t.Errorf("it says %q", said)
	}
	webtest.Signal(b, true)
	b.Wait(unsent + `'0'`)
	y.wants("带图")
	b.Go("/me/acts")
	b.Wait(`document.querySelector('.work-item')`)
	if said := b.Text(".work-item"); !strings.Contains(said, "请写清楚看到了什么") || !strings.Contains(said, "看到了什么\n不行") {
		t.Errorf("what the courier brought and was refused waits with its author: %q", said)
	}
	b.Shot("held-phone")
	b.Forget()
	b.Check()
	b.Resize(1280, 900)
	b.Shot("held-desk")
	b.Follow(`button[value=reject]`)
	b.Wait(`!document.querySelector('.work-item')`)
}

// A clock that is wrong by a day is told apart from when it happened.
func TestAClockThatIsWrong(t *testing.T) {
	y := open(t, dbtest.SQLite(t))
	b := webtest.Open(t, y.url, webtest.Phone)
	b.SetCookie("session", y.people.SignIn("yard.hand"))
	webtest.BeforeEachPage(b, `{ const now = Date.now; Date.now = () => now() + 86400000; const D = Date; window.Date = class extends D { constructor(...a) { a.length ? super(...a) : super(D.now()); } }; }`)
	b.Go("/yard")
	kept(b)
	webtest.Signal(b, false)
	write(b, "明天")
	b.Wait(unsent + `'1'`)
	webtest.Signal(b, true)
	y.wants("明天")
	if d := time.Since(y.notes()[0].Happened); d < 0 || d > time.Minute {
		t.Errorf("it happened %s ago", d)
	}
}

// Without scripts, a form of the page is an ordinary one.
func TestWithoutScripts(t *testing.T) {
	y := open(t, dbtest.SQLite(t))
	still := webtest.Phone
	still.NoScript = true
	b := webtest.Open(t, y.url, still)
	b.SetCookie("session", y.people.SignIn("yard.hand"))
	b.Go("/yard")
	b.Type("#f-text", "平常")
	b.Follow("#note button")
	y.wants("平常")
}

// The browser makes the envelopes that Go makes, and signs so that Go believes it.
func TestTheVectorInABrowser(t *testing.T) {
	text, err := os.ReadFile("../../engine/act/envelope/testdata/vector.json")
	if err != nil {
		t.Fatal(err)
	}
	y := open(t, dbtest.SQLite(t))
	b := y.hand(t)
	wrong := webtest.Eval[string](b, `(async (v) => {
		const rev = document.querySelector('script[type=module]').src.replace('app.js', '');
		const { sealAct, sealFile, bytesOf } = await import(rev + 'acts.js');
		const url = (t) => t.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
		const part = (bytes) => url(btoa(String.fromCharCode(...bytes)));
		const jwk = (d, p) => { const b = bytesOf(p); return { kty: 'EC', crv: 'P-256', d: url(d), x: part(b.slice(1, 33)), y: part(b.slice(33)) }; };
		const ecdh = { name: 'ECDH', namedCurve: 'P-256' }, ecdsa = { name: 'ECDSA', namedCurve: 'P-256' };
		const once = { private: await crypto.subtle.importKey('jwk', jwk(v.once, v.public.once), ecdh, false, ['deriveBits']), public: bytesOf(v.public.once) };
		const key = await crypto.subtle.importKey('jwk', jwk(v.device, v.public.device), ecdsa, false, ['sign']);
		const verify = await crypto.subtle.importKey('raw', bytesOf(v.public.device), ecdsa, false, ['verify']);
		const signer = { id: 'd', key, site: { number: 1, public: v.public.site } };
		const holds = (e) => crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, verify, bytesOf(e.sig), Uint8Array.from([...new TextEncoder().encode(e.head + '\n'), ...(e.box ? bytesOf(e.box) : [])]));
		const act = await sealAct(signer, 7, v.act_text, once);
		if (act.head !== v.act.head) return 'head ' + act.head;
		if (act.box !== v.act.box) return 'box ' + act.box;
		if (!(await holds(v.act)) || !(await holds(act))) return 'signature';
		const file = await sealFile(signer, 'note', new Blob(['x'.repeat(600000)]), once);
		if (file.envelope.head !== v.file.head) return 'file head ' + file.envelope.head;
		for (const [i, box] of file.parts.entries()) {
			const sum = [...new Uint8Array(await crypto.subtle.digest('SHA-256', box))].map((x) => x.toString(16).padStart(2, '0')).join('');
			if (sum !== v.file_box_sha256[i]) return 'part ' + i;
		}
		return '';
	})(`+string(text)+`)`)
	if wrong != "" {
		t.Error(wrong)
	}
}

// Who ends a browser of theirs while it works on it has its next act held, and a new device from
// then on; a phone that takes no more says so and keeps what was typed.
func TestARevokedDeviceAndAFullPhone(t *testing.T) {
	y := open(t, dbtest.SQLite(t))
	b := y.hand(t)
	b.Go("/me/acts")
	b.Wait(`document.querySelector('[data-acts-ready]')`)
	b.Follow(`form[action="/me/acts/device"] button`)
	b.Go("/yard")
	kept(b)
	write(b, "待定")
	b.Wait(unsent + `'0'`)
	y.wants()
	b.Wait(`document.querySelector('[data-acts-ready]')`)
	b.Go("/yard")
	kept(b)
	write(b, "照常")
	y.wants("照常")
	b.Go("/me/acts")
	b.Wait(`document.querySelector('[data-acts-ready]')`)
	b.Follow(`button[value=accept]`)
	y.wants("待定", "照常")

	b.Go("/yard")
	kept(b)
	webtest.Eval[bool](b, `(IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); }, true)`)
	b.Type("#f-text", "满了")
	b.Click("#note button")
	b.Wait(`!document.querySelector('[data-acts-line=full]').hidden`)
	if typed := webtest.Eval[string](b, `document.querySelector('#f-text').value`); typed != "满了" {
		t.Errorf("the form holds %q", typed)
	}
}
