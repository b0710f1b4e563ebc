// Command ferretdb serves MongoDB's protocol from a PostgreSQL server.
//
// The connection string of PostgreSQL, which has a password in it, is the first line of standard input. Once it listens, it prints its
// own URL. It ends with a signal, or when standard input is closed: with the process that started it.
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if len(os.Args) != 2 {
		fail(fmt.Errorf("one argument: the address to listen on, such as 127.0.0.1:0"))
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	input := bufio.NewReader(os.Stdin)
	url, err := input.ReadString('\n')
	if err != nil {
		fail(fmt.Errorf("no connection string on standard input: %w", err))
	}
	go func() {
		_, _ = io.Copy(io.Discard, input)
		stop()
	}()
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:      ferretdb.ListenerConfig{TCP: os.Args[1]},
		Handler:       "postgresql",
		PostgreSQLURL: strings.TrimSpace(url),
		Logger:        slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		fail(err)
	}
	go func() { fmt.Println(server.MongoDBURI()) }()
	if err := server.Run(ctx); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "ferretdb:", err)
	os.Exit(1)
}
