package db_test

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
)

// shop is a schema with a column of every kind.
var shop = db.Schema{Owner: "shop", FS: fstest.MapFS{
	"0001_shelf.sql": {Data: []byte(`-- +goose Up
CREATE TABLE shop_shelf (id TEXT PRIMARY KEY, size BIGINT NOT NULL);
CREATE TABLE shop_article (
	id      TEXT PRIMARY KEY,
	shelf   TEXT REFERENCES shop_shelf (id),
	name    TEXT NOT NULL,
	price   BIGINT NOT NULL,
	weight  DOUBLE PRECISION,
	fresh   BOOLEAN NOT NULL,
	made_at TIMESTAMP,
	photo   BYTEA
);
`)},
}}

type article struct {
	ID     string     `db:"id"`
	Shelf  *string    `db:"shelf"`
	Name   string     `db:"name"`
	Price  int64      `db:"price"`
	Weight *float64   `db:"weight"`
	Fresh  bool       `db:"fresh"`
	MadeAt *time.Time `db:"made_at"`
	Photo  []byte     `db:"photo"`
}

type articleFilter struct {
	Name  *string `db:"name"`
	Under *int64  `db:"under"`
	Limit int     `db:"lim"`
}

type articlesNamed struct {
	IDs   []string `db:"ids"`
	Under int64    `db:"under"`
}

type shelf struct {
	ID   string `db:"id"`
	Size int64  `db:"size"`
}

var (
	addArticle = db.Declare[article, db.None](`
		INSERT INTO shop_article (id, shelf, name, price, weight, fresh, made_at, photo)
		VALUES (:id, :shelf, :name, :price, :weight, :fresh, :made_at, :photo)`)
	listArticles = db.Declare[articleFilter, article](`
		SELECT /*cols*/ FROM shop_article WHERE id <> ':not[this]' -- nor: [that]
		[AND name LIKE '%' || :name || '%'] [AND price < :under]
		ORDER BY id LIMIT :lim`)
	articleByID   = db.Declare[string, article](`SELECT /*cols*/ FROM shop_article WHERE id = :id`)
	namedArticles = db.Declare[articlesNamed, string](`SELECT id FROM shop_article WHERE id IN :ids AND price < :under ORDER BY id`)
	countArticles = db.Declare[db.None, int64](`SELECT count(*) FROM shop_article`)
	addShelf      = db.Declare[shelf, db.None](`INSERT INTO shop_shelf (id, size) VALUES (:id, :size)`)
	growShelf     = db.Declare[string, int64](`UPDATE shop_shelf SET size = size + 1 WHERE id = :id RETURNING size`)
	sizeOfShelf   = db.Declare[string, int64](`SELECT size FROM shop_shelf WHERE id = :id`)
)

func TestPrepare(t *testing.T) { dbtest.Prepare(t, shop) }

func each(t *testing.T, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	dbtest.Each(t, []db.Schema{shop}, f)
}

func update(t *testing.T, d *db.DB, f func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Update(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func view[R any](t *testing.T, d *db.DB, f func(tx *db.Tx) (R, error)) (r R) {
	t.Helper()
	err := d.View(t.Context(), func(tx *db.Tx) (err error) {
		r, err = f(tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func count(t *testing.T, d *db.DB) int64 {
	t.Helper()
	return view(t, d, func(tx *db.Tx) (int64, error) { return countArticles.One(tx, db.None{}) })
}
