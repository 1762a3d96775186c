// The sources are built against the go.mod of one version, see versions/ and lab/src/peers/go.ts.
module sluice.invalid/lab/peer

go 1.26
