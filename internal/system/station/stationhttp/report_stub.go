package stationhttp

import "net/http"

func (p *pages) coverageReport(w http.ResponseWriter, r *http.Request) error { return nil }
