// Command boxo is a go-libp2p node that has only the WebTransport transport and speaks bitswap over a store of blocks
// in memory. It does what JSON lines on its stdin ask for; lab/peers/README.md describes them.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"sluice.invalid/lab/common/lines"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "boxo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("boxo", flag.ContinueOnError)
	count := flags.Int("blocks", 2000, "blocks in the store")
	size := flags.Int("size", 128*1024, "bytes of a block")
	seed := flags.Uint64("seed", 1, "the blocks follow from it")
	if err := flags.Parse(args); err != nil {
		return err
	}
	out := lines.NewReporter(os.Stdout)
	node, err := newNode(ctx, out, newBlocks(*seed, *count, *size))
	if err != nil {
		return err
	}
	defer node.close()
	return lines.Serve(ctx, os.Stdin, out, node.execute)
}
