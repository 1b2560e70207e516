//go:build dev

package app

import (
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit/gallery"
)

// showKit has the gallery of the kit at /kit.
func showKit(mux *web.Mux, site *web.Site) { gallery.Kit(mux, site) }
