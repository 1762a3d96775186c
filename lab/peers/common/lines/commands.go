package lines

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

// frame is what every command has, whatever else it asks for.
type frame struct {
	ID int64 `json:"id"`
	// Timeout of the whole command in milliseconds; 0: a minute.
	Timeout int `json:"timeout"`
}

// Serve answers commands until in ends. They run side by side, so that a close can overtake a transfer.
func Serve[Command any](ctx context.Context, in io.Reader, out *Reporter, execute func(context.Context, Command) (any, error)) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, longestLine)
	for lines.Scan() {
		var f frame
		var c Command
		for _, into := range []any{&f, &c} {
			if err := json.Unmarshal(lines.Bytes(), into); err != nil {
				return fmt.Errorf("stdin: %w", err)
			}
		}
		go func() {
			timeout := time.Minute
			if f.Timeout > 0 {
				timeout = time.Duration(f.Timeout) * time.Millisecond
			}
			ctx, cancel := context.WithTimeout(ctx, timeout)
			defer cancel()
			result, err := execute(ctx, c)
			out.Answer(f.ID, result, err)
		}()
	}
	return lines.Err()
}
