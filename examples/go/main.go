// Reads secrets of a Keyfob daemon through a client that is made from its contract.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strings"

	"keyfob.example/read/keyfob"
)

//go:generate go tool oapi-codegen -config generator.yaml ../../openapi.yaml

// connect takes http://127.0.0.1:8200, or unix:/run/keyfob/keyfob.sock.
func connect(address string) (*keyfob.ClientWithResponses, error) {
	options := []keyfob.ClientOption{keyfob.WithRequestEditorFn(func(_ context.Context, request *http.Request) error {
		request.Header.Set("Accept", "application/json")
		if token := os.Getenv("KEYFOB_TOKEN"); token != "" {
			request.Header.Set("Authorization", "Bearer "+token)
		}
		return nil
	})}
	if path, isSocket := strings.CutPrefix(address, "unix:"); isSocket {
		dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", path)
		}
		options = append(options, keyfob.WithHTTPClient(&http.Client{Transport: &http.Transport{DialContext: dial}}))
		address = "http://localhost"
	}
	return keyfob.NewClientWithResponses(address, options...)
}

func main() {
	log.SetFlags(0)
	address := os.Getenv("KEYFOB_ADDR")
	if address == "" {
		address = "http://127.0.0.1:8200"
	}
	client, err := connect(address)
	check(err)
	ctx := context.Background()

	// The path of a secret has slashes. The client sends them as %2F, which means the same to the daemon.
	key := "username"
	secret, err := client.GetSecretWithResponse(ctx, "db/creds", &keyfob.GetSecretParams{Key: &key})
	check(err)
	if secret.JSON200 == nil {
		log.Fatalf("%s: %s", secret.Status(), secret.Body)
	}
	fmt.Printf("username: %s (version %s of %s)\n", secret.JSON200.Value, secret.JSON200.Version, secret.JSON200.Provider)

	prefix := "db/"
	list, err := client.ListSecretsWithResponse(ctx, &keyfob.ListSecretsParams{Prefix: &prefix})
	check(err)
	if list.JSON200 == nil {
		log.Fatalf("%s: %s", list.Status(), list.Body)
	}
	var paths []string
	for _, found := range list.JSON200.Secrets {
		paths = append(paths, found.Path)
	}
	fmt.Printf("secrets under db/: %s\n", strings.Join(paths, ", "))

	known, err := client.DescribeSecretWithResponse(ctx, "db/creds", nil)
	check(err)
	if known.JSON200 == nil || known.JSON200.Stages == nil {
		log.Fatalf("%s: %s", known.Status(), known.Body)
	}
	fmt.Printf("db/creds has the stages: %s\n", strings.Join(*known.JSON200.Stages, ", "))

	// What goes wrong is a problem with a stable code.
	missing, err := client.GetSecretWithResponse(ctx, "no/such/secret", nil)
	check(err)
	if problem := missing.ApplicationproblemJSON404; problem != nil {
		fmt.Printf("missing: %s, to be tried again: %t\n", problem.Code, problem.Retryable)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
