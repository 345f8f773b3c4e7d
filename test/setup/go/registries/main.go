// Registries of others than docker's, in memory, for tests.
// Usage: registries KIND, where KIND is go-containerregistry or ociregistry. Says "127.0.0.1:PORT" once it listens.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	"cuelabs.dev/go/oci/ociregistry/ocimem"
	"cuelabs.dev/go/oci/ociregistry/ociserver"
	"github.com/google/go-containerregistry/pkg/registry"
)

func newRegistry(kind string) (http.Handler, error) {
	switch kind {
	case "go-containerregistry":
		return registry.New(), nil // as `crane registry serve` has it: without the referrers API
	case "ociregistry":
		return ociserver.New(ocimem.New(), nil), nil
	}
	return nil, fmt.Errorf("no registry is called %q", kind)
}

func serve(arguments []string) error {
	if len(arguments) != 1 {
		return fmt.Errorf("usage: registries KIND")
	}
	handler, err := newRegistry(arguments[0])
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	return http.Serve(listener, handler)
}

func main() {
	if err := serve(os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}
