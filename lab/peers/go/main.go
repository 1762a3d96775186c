// Command peer is a go-libp2p node that has only the WebTransport transport and does what JSON lines on its stdin
// ask for. lab/peers/README.md describes the lines.
package main

import (
	"context"
	"fmt"
	"os"

	"sluice.invalid/lab/common/lines"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "peer:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) < 1 {
		return fmt.Errorf("usage: peer listen | peer dial [MULTIADDR]")
	}
	out := lines.NewReporter(os.Stdout)
	switch args[0] {
	case "listen":
		node, err := newNode(out, "/ip4/127.0.0.1/udp/0/quic-v1/webtransport")
		if err != nil {
			return err
		}
		defer node.Close()
		return lines.Serve(ctx, os.Stdin, out, node.execute)
	case "dial":
		node, err := newNode(out)
		if err != nil {
			return err
		}
		defer node.Close()
		if len(args) > 1 {
			if _, err := node.dial(ctx, args[1]); err != nil {
				return err
			}
		}
		return lines.Serve(ctx, os.Stdin, out, node.execute)
	default:
		return fmt.Errorf("%q is not a subcommand; there are listen and dial", args[0])
	}
}
