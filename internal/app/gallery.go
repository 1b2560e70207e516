//go:build !dev

package app

import "github.com/xiadu/xiadu/internal/web"

// showKit shows nothing: the gallery of the kit is for who builds pages.
func showKit(*web.Mux, *web.Site) {}
