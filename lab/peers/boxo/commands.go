package main

import (
	"context"
	"fmt"
)

// command is one line of stdin.
type command struct {
	Command string `json:"command"`
	// CIDs to fetch.
	CIDs []string `json:"cids"`
}

func (n *node) execute(ctx context.Context, c command) (any, error) {
	switch c.Command {
	case "cids":
		return n.cids, nil
	case "fetch":
		return n.fetch(ctx, c.CIDs)
	case "streams":
		return n.streams()
	default:
		return nil, fmt.Errorf("%q is not a command", c.Command)
	}
}
