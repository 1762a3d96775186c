// Command reset-stream-at sends and receives streams that end in RESET_STREAM_AT
// (draft-ietf-quic-reliable-stream-reset) over raw QUIC. lab/peers/README.md describes its lines.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/quic-go/quic-go"
)

type fields map[string]any

// command is one line of stdin.
type command struct {
	ID      int64  `json:"id"`
	Command string `json:"command"`
	resetOptions
	Timeout int `json:"timeout"`
}

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "reset-stream-at:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	print := printer(os.Stdout)
	p := &peer{received: tally{Codes: map[string]int{}}, connected: make(chan struct{})}
	switch {
	case len(args) == 1 && args[0] == "serve":
		if err := p.serve(ctx, print); err != nil {
			return err
		}
	case len(args) == 3 && args[0] == "dial":
		if err := p.dial(ctx, args[1], args[2]); err != nil {
			return err
		}
		print(fields{"event": "connected"})
	default:
		return fmt.Errorf("usage: reset-stream-at serve | dial HOST:PORT CERTIFICATE-HASH")
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var c command
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return fmt.Errorf("stdin: %w", err)
		}
		go func() {
			ctx, cancel := context.WithTimeout(ctx, time.Duration(c.Timeout)*time.Millisecond)
			defer cancel()
			result, err := p.execute(ctx, c)
			if err != nil {
				print(fields{"id": c.ID, "ok": false, "error": err.Error()})
				return
			}
			print(fields{"id": c.ID, "ok": true, "result": result})
		}()
	}
	p.close()
	return lines.Err()
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

func printer(w io.Writer) func(fields) {
	var mu sync.Mutex
	enc := json.NewEncoder(w)
	return func(line fields) {
		mu.Lock()
		defer mu.Unlock()
		// The reader is gone when this fails, and then stdin ends too.
		_ = enc.Encode(line)
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
