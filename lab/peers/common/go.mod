// What the Go peers of the lab share. Nothing but the standard library: it is built into programs of many versions.
module sluice.invalid/lab/common

go 1.26
