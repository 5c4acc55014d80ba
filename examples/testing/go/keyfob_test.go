package greeting

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const settings = `{
  "listen": ["127.0.0.1:0"],
  "drain": "0ms",
  "providers": [{"name": "mock", "type": "local", "path": "mock"}],
  "simulation": {"mode": "mock"},
  "audit": {"enabled": false},
  "retry": {"maxAttempts": 1}
}`

var announced = regexp.MustCompile(`listening on ([^,;]+)`)

// startKeyfob starts a daemon that ends with the test. KEYFOB names the program; `keyfob` on the path when it is not set.
func startKeyfob(t *testing.T) string {
	t.Helper()
	config := filepath.Join(t.TempDir(), "keyfob.json")
	if err := os.WriteFile(config, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	command := strings.Fields(os.Getenv("KEYFOB"))
	if len(command) == 0 {
		command = []string{"keyfob"}
	}
	daemon := exec.Command(command[0], append(command[1:], "serve", "--config", config)...)
	stderr, err := daemon.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = daemon.Process.Signal(os.Interrupt)
		_ = daemon.Wait()
	})
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		if found := announced.FindStringSubmatch(lines.Text()); found != nil {
			go func() { _, _ = io.Copy(io.Discard, stderr) }()
			return "http://" + found[1]
		}
	}
	t.Fatal("the daemon did not start")
	return ""
}

func simulate(t *testing.T, url string, body any) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodPut, url, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("content-type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", url, answer.Status)
	}
}

func read(t *testing.T, url, path string) (*http.Response, string) {
	t.Helper()
	answer, err := http.Get(url + "/v1/secrets/" + path + "?format=raw")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(text)
}

func TestRotation(t *testing.T) {
	keyfob := startKeyfob(t)
	for _, value := range []string{"hello", "good morning"} {
		simulate(t, keyfob+"/v1/simulation/secrets/app/greeting", map[string]any{"value": value})
		if _, text := read(t, keyfob, "app/greeting"); text != value {
			t.Errorf("got %q, want %q", text, value)
		}
	}
}

func TestThrottling(t *testing.T) {
	keyfob := startKeyfob(t)
	fault := map[string]any{"errorRate": 1, "code": "RateLimited", "retryAfter": "3s"}
	simulate(t, keyfob+"/v1/simulation/faults", map[string]any{"faults": []any{fault}})
	answer, _ := read(t, keyfob, "app/greeting")
	if answer.StatusCode != http.StatusTooManyRequests || answer.Header.Get("retry-after") != "3" {
		t.Errorf("got %s, Retry-After %q", answer.Status, answer.Header.Get("retry-after"))
	}
}
