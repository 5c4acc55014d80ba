// Reads a secret of a Keyfob daemon, and again whenever it has rotated. Go's standard library is enough.
//
// KEYFOB_ADDR is http://127.0.0.1:8200 or unix:/run/keyfob/keyfob.sock; KEYFOB_TOKEN_FILE is needed where tokens are.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

// Longer than the daemon may hold an answer back.
const timeout = 40 * time.Second

type answer struct {
	status int
	etag   string
	Data   struct{ Username, Password string }
	// Of what went wrong.
	Code      string
	Retryable bool
}

func connect(address string) (*http.Client, string) {
	path, isSocket := strings.CutPrefix(address, "unix:")
	if !isSocket {
		return &http.Client{Timeout: timeout}, address
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}
	return &http.Client{Timeout: timeout, Transport: &http.Transport{DialContext: dial}}, "http://localhost"
}

// ask waits up to 30 seconds for something else than what the ETag stands for.
func ask(client *http.Client, target, etag string) (answer, error) {
	request, err := http.NewRequest(http.MethodGet, target, nil)
	if err != nil {
		return answer{}, err
	}
	if etag != "" {
		request.Header.Set("If-None-Match", etag)
	}
	if file := os.Getenv("KEYFOB_TOKEN_FILE"); file != "" {
		// For each request, since it is replaced while we run.
		token, err := os.ReadFile(file)
		if err != nil {
			return answer{}, err
		}
		request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	}
	response, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	got := answer{status: response.StatusCode, etag: response.Header.Get("ETag")}
	if got.status == http.StatusNotModified {
		return got, nil
	}
	return got, json.NewDecoder(response.Body).Decode(&got)
}

// follow gives the secret, and each new version of it. What fails for a while does not take the last one away.
func follow(path string, use func(answer)) {
	client, base := connect(cmp.Or(os.Getenv("KEYFOB_ADDR"), "http://127.0.0.1:8200"))
	target := base + (&url.URL{Path: "/v1/secrets/" + path, RawQuery: "wait=30s"}).String()
	etag := ""
	for {
		got, err := ask(client, target, etag)
		switch {
		case err != nil:
			log.Printf("%s: %v", path, err)
		case got.status == http.StatusNotModified:
			continue
		case got.status == http.StatusOK:
			etag = got.etag
			use(got)
			continue
		default:
			log.Printf("%s: %d %s", path, got.status, got.Code)
			// A refused token may have been replaced meanwhile.
			if got.status != http.StatusUnauthorized && !got.Retryable {
				os.Exit(1)
			}
		}
		time.Sleep(time.Second)
	}
}

func main() {
	log.SetFlags(0)
	path := "db/creds"
	if len(os.Args) > 1 {
		path = os.Args[1]
	}
	follow(path, func(got answer) {
		// Here a program connects to its database.
		length := utf8.RuneCountInString(got.Data.Password)
		fmt.Printf("%s: user %s, password of %d characters\n", path, got.Data.Username, length)
	})
}
