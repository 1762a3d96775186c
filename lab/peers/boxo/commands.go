package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// longestLine holds the CIDs of a fetch: 60 bytes each.
const longestLine = 1 << 24

// command is one line of stdin.
type command struct {
	ID      int64  `json:"id"`
	Command string `json:"command"`
	// CIDs to fetch.
	CIDs []string `json:"cids"`
	// Timeout of the whole command in milliseconds; 0: a minute.
	Timeout int `json:"timeout"`
}

// serveCommands answers until stdin ends. Commands run side by side.
func serveCommands(ctx context.Context, n *node, in io.Reader, out *reporter) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, longestLine)
	for lines.Scan() {
		var c command
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return fmt.Errorf("stdin: %w", err)
		}
		go func() {
			timeout := time.Minute
			if c.Timeout > 0 {
				timeout = time.Duration(c.Timeout) * time.Millisecond
			}
			ctx, cancel := context.WithTimeout(ctx, timeout)
			defer cancel()
			result, err := n.execute(ctx, c)
			out.answer(c.ID, result, err)
		}()
	}
	return lines.Err()
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
