package main

import (
	"encoding/binary"
	"math/rand/v2"

	blocks "github.com/ipfs/go-block-format"
	"github.com/ipfs/go-cid"
	mh "github.com/multiformats/go-multihash"
)

// newBlocks makes count blocks of size bytes; the same seed makes the same blocks.
func newBlocks(seed uint64, count, size int) []blocks.Block {
	var key [32]byte
	binary.BigEndian.PutUint64(key[:], seed)
	random := rand.NewChaCha8(key)
	prefix := cid.Prefix{Version: 1, Codec: cid.Raw, MhType: mh.SHA2_256, MhLength: -1}
	all := make([]blocks.Block, count)
	for i := range all {
		data := make([]byte, size)
		// ChaCha8 never fails.
		_, _ = random.Read(data)
		id, err := prefix.Sum(data)
		if err != nil {
			panic(err) // sha2-256 is always there
		}
		block, err := blocks.NewBlockWithCid(data, id)
		if err != nil {
			panic(err) // only the debug build checks the hash
		}
		all[i] = block
	}
	return all
}
