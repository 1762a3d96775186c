package main

import (
	"context"
	"fmt"
)

// command is one line of stdin. Which fields count depends on Command.
type command struct {
	Command string `json:"command"`
	// Address is what to dial, with /certhash and /p2p.
	Address string `json:"address"`
	// Count of pings or streams.
	Count int `json:"count"`
	// Width is how many streams may be in flight at once; 0: all of them.
	Width int `json:"width"`
	// Size of a message in bytes; Upload and Download are those of perf.
	Size     int    `json:"size"`
	Upload   uint64 `json:"upload"`
	Download uint64 `json:"download"`
	// Patience with one message in milliseconds; beyond it the message counts as stalled.
	Patience int `json:"patience"`
}

func (n *node) execute(ctx context.Context, c command) (any, error) {
	switch c.Command {
	case "dial":
		return n.dial(ctx, c.Address)
	case "identify":
		return n.identify(ctx)
	case "ping":
		return n.ping(ctx, c.Count)
	case "echo":
		return n.echo(ctx, c.Size)
	case "streams":
		return n.openStreams(ctx, c.Count, c.Width, c.Size)
	case "messages":
		return n.sendMessages(ctx, c.Count, c.Width, c.Size, c.Patience)
	case "received":
		return n.mailbox.received(), nil
	case "perf":
		return n.perf(ctx, c.Upload, c.Download)
	case "connections":
		return n.connections(), nil
	case "close":
		return nil, n.disconnect()
	default:
		return nil, fmt.Errorf("%q is not a command", c.Command)
	}
}
