package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// fetch is a program of the stories: fetch [-X METHOD] [-H HEADER] [-o FILE] URL.
// It prints the answer's body; the status goes to the errors. An answer of 400
// and above is the exit code 1.
func fetch() {
	method := flag.String("X", http.MethodGet, "method")
	header := flag.String("H", "", "name: value")
	file := flag.String("o", "", "file for the body")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := fetchTo(ctx, *method, flag.Arg(0), *header, *file); err != nil {
		fmt.Fprintln(os.Stderr, err)
		cancel()
		os.Exit(1) //nolint:gocritic // cancelled just above
	}
}

func fetchTo(ctx context.Context, method, url, header, file string) error {
	req, err := http.NewRequestWithContext(ctx, method, url, http.NoBody)
	if err != nil {
		return err
	}
	if name, value, ok := strings.Cut(header, ": "); ok {
		req.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if file == "" {
		_, err = os.Stdout.Write(body)
	} else {
		err = os.WriteFile(file, body, 0o600)
	}
	if err == nil && answer.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%s %s", answer.Status, answer.Header.Get("Content-Type"))
	}
	return err
}

// bulletins fetches all bulletins of an inspection, of each its page, its table and the receipt of its counts, and wants no
// more than so many: bulletins URL CAMPAIGN FOLDER N.
func bulletins(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: bulletins URL CAMPAIGN FOLDER N")
	}
	n, err := strconv.Atoi(args[3])
	ts.Check(err)
	folder := ts.MkAbs(args[2])
	ts.Check(os.MkdirAll(folder, 0o700))
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for i := 1; i <= n+1; i++ {
		number := strconv.Itoa(i)
		at := args[0] + "/complaints/bulletins/" + args[1] + "/" + number
		err := fetchTo(ctx, http.MethodGet, at, "", filepath.Join(folder, number+".html"))
		if i > n {
			if err == nil {
				ts.Fatalf("there is a bulletin %d, too", i)
			}
			return
		}
		ts.Check(err)
		for _, form := range []string{"json", "csv"} {
			ts.Check(fetchTo(ctx, http.MethodGet, at+"/table."+form, "", filepath.Join(folder, number+"."+form)))
		}
		receipt := args[0] + "/receipts/figures/complaint.counts/1.json?campaign=" + args[1] + "&bulletin=" + number
		ts.Check(fetchTo(ctx, http.MethodGet, receipt, "", filepath.Join(folder, number+".receipt")))
	}
}
