// Command schema-registry runs Apicurio Registry as Confluent's image runs its own registry: it starts
// Java, waits until the registry has read its state from Kafka, and only then opens the listeners, where
// Confluent's API is at the root. It ends when Java ends, and passes on the signals it gets.
package main

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// Where Apicurio listens, inside the container only, and where it has Confluent's API.
const (
	backend = "127.0.0.1:18081"
	apiRoot = "/apis/ccompat/v7"
)

func main() {
	listeners := strings.Split(os.Getenv("SCHEMA_REGISTRY_LISTENERS"), ",")
	timeout, err := time.ParseDuration(os.Getenv("SCHEMA_REGISTRY_KAFKASTORE_INIT_TIMEOUT_MS") + "ms")
	if err != nil {
		timeout = 60 * time.Second
	}

	java := exec.Command(os.Args[1], os.Args[2:]...)
	java.Stdout, java.Stderr = os.Stdout, os.Stderr
	if err := java.Start(); err != nil {
		fail("cannot start Java: %v", err)
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		for s := range signals {
			_ = java.Process.Signal(s)
		}
	}()
	ended := make(chan int, 1)
	go func() {
		_ = java.Wait()
		code := java.ProcessState.ExitCode()
		if status, ok := java.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			code = 128 + int(status.Signal())
		}
		ended <- code
	}()

	if code, ok := awaitReady(ended, timeout); !ok {
		os.Exit(code)
	}
	for _, listener := range listeners {
		go serve(strings.TrimSpace(listener))
	}
	fmt.Println("INFO Server started, listening for requests... (io.confluent.kafka.schemaregistry.rest.SchemaRegistryMain)")
	os.Exit(<-ended)
}

// awaitReady waits until the registry has read its state from Kafka; it answers requests before that, as if
// there were no schemas. When the time is up, or Java has ended, it
// returns the code to exit with: Confluent's registry gives up too when Kafka cannot be reached.
func awaitReady(ended chan int, timeout time.Duration) (int, bool) {
	deadline := time.After(timeout)
	for {
		select {
		case code := <-ended:
			return max(code, 1), false
		case <-deadline:
			fmt.Println("ERROR Error starting the schema registry (io.confluent.kafka.schemaregistry.rest.SchemaRegistryRestApplication)")
			fmt.Println("io.confluent.kafka.schemaregistry.exceptions.SchemaRegistryInitializationException: " +
				"Error initializing kafka store while initializing schema registry: Timed out trying to reach Kafka at " +
				os.Getenv("SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS"))
			return 1, false
		case <-time.After(100 * time.Millisecond):
		}
		response, err := http.Get("http://" + backend + "/health/ready")
		if err != nil {
			continue
		}
		response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return 0, true
		}
	}
}

// serve puts the API at the root of one listener (http://host:port). Its host is where clients find the
// registry; like Confluent's, a listener is bound to the address that the host stands for.
func serve(listener string) {
	address, err := url.Parse(listener)
	if err != nil || address.Scheme != "http" {
		fail("SCHEMA_REGISTRY_LISTENERS: %q is no http://host:port", listener)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: backend, Path: apiRoot})
		},
		ModifyResponse: func(r *http.Response) error {
			if strings.Contains(r.Header.Get("Content-Type"), "json") {
				r.Header.Set("Content-Type", "application/vnd.schemaregistry.v1+json")
			}
			return nil
		},
	}
	handler := http.NewServeMux()
	handler.Handle("/", proxy)
	// Confluent's answers the root, which many health checks ask for, with an empty object.
	handler.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/vnd.schemaregistry.v1+json")
		fmt.Fprint(w, "{}")
	})
	host := net.JoinHostPort(address.Hostname(), address.Port())
	if err := http.ListenAndServe(host, handler); err != nil {
		fail("%s: %v", listener, err)
	}
}

func fail(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, "ERROR "+format+"\n", arguments...)
	os.Exit(1)
}
