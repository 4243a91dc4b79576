#!/bin/sh
# User data: says the checksum of what is on the data disk, and never writes.
disk=/dev/vdb
mark=conductor-demo-data
size=8

if [ ! -b "$disk" ]; then
    echo "demo: no data disk"
elif [ "$(head -c ${#mark} "$disk")" = "$mark" ]; then
    echo "demo: data found $(dd if="$disk" bs=1M skip=1 count="$size" 2>/dev/null | sha256sum | cut -d' ' -f1)"
else
    echo "demo: no data on $disk"
fi
