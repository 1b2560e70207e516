package station

// AreaAdded says that an area is measured from now on, and its target.
type AreaAdded struct {
	Code  string            `json:"code"`
	Facts map[string]string `json:"facts"`
}

// AreaChanged says what an area was and what it is.
type AreaChanged struct {
	Code   string            `json:"code"`
	Before map[string]string `json:"before"`
	After  map[string]string `json:"after"`
}

// AreaRemoved says that an area is measured no more, and what it was.
type AreaRemoved struct {
	Code  string            `json:"code"`
	Facts map[string]string `json:"facts"`
}

// AreaSubject returns the name under which the record keeps an area's history.
func AreaSubject(code string) string { return "station-area/" + code }

// Kind names the event.
func (AreaAdded) Kind() string { return "station.area_added" }

// Subject names the area.
func (e AreaAdded) Subject() string { return AreaSubject(e.Code) }

// Kind names the event.
func (AreaChanged) Kind() string { return "station.area_changed" }

// Subject names the area.
func (e AreaChanged) Subject() string { return AreaSubject(e.Code) }

// Kind names the event.
func (AreaRemoved) Kind() string { return "station.area_removed" }

// Subject names the area.
func (e AreaRemoved) Subject() string { return AreaSubject(e.Code) }
