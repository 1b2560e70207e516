package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/xiadu/xiadu/internal/geo/atlas"
)

// inputs are made when an entry first wants them and shared by the rest. The
// atlases are made anew in every invocation, so that none is of another version.
type inputs struct {
	city, metropolis *atlas.Atlas
	imports          *importRuns
}

// cityFile returns the extract of central Porto Alegre.
func cityFile() (string, error) {
	dir := os.Getenv("XIADU_DATA")
	if dir == "" {
		dir = filepath.Join("..", "shared", "data")
	}
	path := filepath.Join(dir, "poa_osm.pbf")
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%w: set XIADU_DATA to the folder of poa_osm.pbf", errNotHere)
	}
	return path, nil
}

// metropolisFile returns the city repeated on a lattice.
func metropolisFile(ctx context.Context) (string, error) {
	path, err := cityFile()
	if err != nil {
		return "", err
	}
	return latticeOf(ctx, path, metropolisSide)
}

// openCity returns the streets of Porto Alegre.
func (in *inputs) openCity(ctx context.Context) (*atlas.Atlas, error) {
	if in.city != nil {
		return in.city, nil
	}
	src, err := cityFile()
	if err != nil {
		return nil, err
	}
	in.city, err = importAtlas(ctx, src, filepath.Join(outDir, "city.atlas"))
	return in.city, err
}

// metropolisPath is where the streets of the lattice are once imported.
func metropolisPath() string { return filepath.Join(outDir, "metropolis", "city.streets") }

// provinceFile returns the city repeated on a lattice of 100 MB.
func provinceFile(ctx context.Context) (string, error) {
	path, err := cityFile()
	if err != nil {
		return "", err
	}
	return latticeOf(ctx, path, provinceSide)
}

// provincePath is where its streets are once imported.
func provincePath() string { return filepath.Join(outDir, "province", "city.streets") }

// openMetropolis returns the streets of the lattice.
func (in *inputs) openMetropolis(ctx context.Context) (*atlas.Atlas, error) {
	if in.metropolis != nil {
		return in.metropolis, nil
	}
	src, err := metropolisFile(ctx)
	if err != nil {
		return nil, err
	}
	in.metropolis, err = importAtlas(ctx, src, metropolisPath())
	return in.metropolis, err
}

func importAtlas(ctx context.Context, src, dst string) (*atlas.Atlas, error) {
	if err := os.MkdirAll(filepath.Dir(dst), 0o755); err != nil {
		return nil, err
	}
	if _, err := atlas.Import(ctx, src, dst, atlas.Options{}, nil); err != nil {
		return nil, err
	}
	return atlas.Open(dst)
}
