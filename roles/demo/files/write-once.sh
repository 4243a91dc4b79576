#!/bin/sh
# User data: fills the data disk with random bytes the first time, and says their checksum each time.
# The mark is written last, so a disk has it only when all the bytes before it are on the disk.
disk=/dev/vdb
mark=conductor-demo-data
size=8

data() { dd if="$disk" bs=1M skip=1 count="$size" 2>/dev/null | sha256sum | cut -d' ' -f1; }

if [ ! -b "$disk" ]; then
    echo "demo: no data disk"
    exit 1
fi
if [ "$(head -c ${#mark} "$disk")" = "$mark" ]; then
    echo "demo: data found $(data)"
    exit 0
fi
dd if=/dev/urandom of="$disk" bs=1M seek=1 count="$size" 2>/dev/null
sync
printf '%s' "$mark" | dd of="$disk" conv=notrunc 2>/dev/null
sync
echo 3 > /proc/sys/vm/drop_caches
echo "demo: data written $(data)"
