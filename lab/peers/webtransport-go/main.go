// Command webtransport-go is a WebTransport session with session flow control
// (draft-ietf-webtrans-http3-16, 5). lab/peers/README.md describes its lines.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/quic-go/webtransport-go"

	"sluice.invalid/lab/common/lines"
)

// command is one line of stdin.
type command struct {
	Command string `json:"command"`
	load
}

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "webtransport-go:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	out := lines.NewReporter(os.Stdout)
	p := &peer{connected: make(chan struct{}), answers: map[uint32]chan []byte{}}
	onSession := func(s *webtransport.Session) {
		p.adopt(s)
		out.Event("connected", nil)
	}
	switch {
	case len(args) == 2 && args[0] == "serve":
		config, err := parseLimits(args[1])
		if err != nil {
			return err
		}
		if err := serve(config, out, onSession); err != nil {
			return err
		}
	case len(args) == 4 && args[0] == "dial":
		config, err := parseLimits(args[3])
		if err != nil {
			return err
		}
		session, err := dial(ctx, args[1], args[2], config)
		if err != nil {
			return err
		}
		onSession(session)
	default:
		return fmt.Errorf("usage: webtransport-go serve LIMITS | dial URL CERTIFICATE-HASH LIMITS")
	}
	err := lines.Serve(ctx, os.Stdin, out, p.execute)
	p.close(0, "")
	return err
}

func (p *peer) execute(ctx context.Context, c command) (any, error) {
	session, err := p.session(ctx)
	if err != nil {
		return nil, err
	}
	switch c.Command {
	case "echo":
		return echo(ctx, session, c.Size)
	case "streams":
		return c.run(func() error { return echoOnce(ctx, session, c.Size) })
	case "unis":
		return p.unis(ctx, session, c.load)
	case "abandoned":
		return c.run(func() error { return abandon(ctx, session, c.Size) })
	case "close":
		p.close(webtransport.SessionErrorCode(c.Code), c.Reason)
		return nil, nil
	default:
		return nil, fmt.Errorf("%q is not a command", c.Command)
	}
}
