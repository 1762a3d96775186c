// Command reset-stream-at sends and receives streams that end in RESET_STREAM_AT
// (draft-ietf-quic-reliable-stream-reset) over raw QUIC. lab/peers/README.md describes its lines.
package main

import (
	"context"
	"fmt"
	"os"
	"sync"

	"github.com/quic-go/quic-go"

	"sluice.invalid/lab/common/lines"
)

// command is one line of stdin.
type command struct {
	Command string `json:"command"`
	resetOptions
}

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "reset-stream-at:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	out := lines.NewReporter(os.Stdout)
	p := &peer{received: tally{Codes: map[string]int{}}, connected: make(chan struct{})}
	switch {
	case len(args) == 1 && args[0] == "serve":
		if err := p.serve(ctx, out); err != nil {
			return err
		}
	case len(args) == 3 && args[0] == "dial":
		if err := p.dial(ctx, args[1], args[2]); err != nil {
			return err
		}
		out.Event("connected", nil)
	default:
		return fmt.Errorf("usage: reset-stream-at serve | dial HOST:PORT CERTIFICATE-HASH")
	}
	err := lines.Serve(ctx, os.Stdin, out, p.execute)
	p.close()
	return err
}

func (p *peer) execute(ctx context.Context, c command) (any, error) {
	switch c.Command {
	case "reset-streams":
		return p.resetStreams(ctx, c.resetOptions)
	case "received":
		return p.snapshot(), nil
	case "supported":
		conn, err := p.connection(ctx)
		if err != nil {
			return nil, err
		}
		return conn.ConnectionState().SupportsStreamResetPartialDelivery, nil
	default:
		return nil, fmt.Errorf("%q is not a command", c.Command)
	}
}

// peer holds the one connection of the process.
type peer struct {
	mu        sync.Mutex
	conn      *quic.Conn
	connected chan struct{}
	received  tally
}

// adopt takes over the connection and accepts its streams.
func (p *peer) adopt(conn *quic.Conn) {
	p.mu.Lock()
	p.conn = conn
	p.mu.Unlock()
	close(p.connected)
	go p.acceptStreams(conn)
}

func (p *peer) connection(ctx context.Context) (*quic.Conn, error) {
	select {
	case <-p.connected:
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.conn, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *peer) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conn != nil {
		_ = p.conn.CloseWithError(0, "")
	}
}
