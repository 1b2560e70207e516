package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
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
