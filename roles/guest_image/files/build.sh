#!/bin/sh
# Build a bootable raw disk of 20 MiB from Debian packages, without root's help and without installing anything.
#
# usage: build WORK_DIRECTORY KERNEL_PACKAGE
# The environment holds the guest's own two programs, GUEST_INIT and GUEST_UDHCPC.
# The result is WORK_DIRECTORY/guest.raw; it appears when it is complete.
set -eu

work=$1
kernel_package=$2
packages="$work/packages"
tree="$work/tree"
initrd="$work/initrd"
disk="$work/guest.part"
wanted_modules="virtio_blk virtio_net evdev button ata_piix ahci sr_mod isofs"

unpack_packages() {
    mkdir -p "$packages" "$tree"
    cd "$packages"
    apt-get -q -o APT::Sandbox::User=root download "$kernel_package" busybox-static mtools syslinux syslinux-common
    for package in "$packages"/*.deb; do dpkg-deb -x "$package" "$tree"; done
    busybox="$tree/usr/bin/busybox"
    kernel=$(basename "$tree"/boot/vmlinuz-* | cut -d- -f2-)
}

add_module() {
    source=$(find "$tree/usr/lib/modules/$kernel" -name "$1.ko.xz")
    target="$initrd/lib/modules/$kernel/$1.ko"
    if [ -e "$target" ]; then return; fi
    if [ -z "$source" ]; then return; fi
    "$busybox" xzcat "$source" > "$target"
    for needed in $("$busybox" strings "$target" | sed -n 's/^depends=//p' | tr ',' ' '); do add_module "$needed"; done
}

make_initrd() {
    mkdir -p "$initrd/bin" "$initrd/dev" "$initrd/proc" "$initrd/sys" "$initrd/tmp" "$initrd/lib/modules/$kernel"
    cp "$busybox" "$initrd/bin/busybox"
    printf '#!/bin/busybox sh\n%s\n' "$GUEST_INIT" > "$initrd/init"
    printf '#!/bin/busybox sh\n%s\n' "$GUEST_UDHCPC" > "$initrd/bin/udhcpc-script"
    chmod 0755 "$initrd/init" "$initrd/bin/udhcpc-script"
    for module in $wanted_modules; do add_module "$module"; done
    "$busybox" depmod -b "$initrd" "$kernel"
    (cd "$initrd" && find . | "$busybox" cpio -o -H newc 2>/dev/null | gzip -9n) > "$work/initrd.gz"
}

# One active FAT partition (type 0e) from the first MiB on; the boot code is syslinux's.
make_disk() {
    truncate -s 20M "$disk"
    dd if="$tree/usr/lib/syslinux/mbr/mbr.bin" of="$disk" conv=notrunc status=none
    printf '\200\0\0\0\016\0\0\0\000\010\0\0\000\230\0\0' | dd of="$disk" bs=1 seek=446 conv=notrunc status=none
    printf '\125\252' | dd of="$disk" bs=1 seek=510 conv=notrunc status=none
    cat > "$work/syslinux.cfg" <<'END'
DEFAULT guest
PROMPT 0
LABEL guest
  KERNEL vmlinuz
  INITRD initrd.gz
  APPEND console=ttyS0 quiet panic=5 mitigations=off tsc=unstable no_timer_check
END
    PATH="$tree/usr/bin:$PATH"
    export MTOOLS_SKIP_CHECK=1
    mformat -i "$disk@@1M" -T 38912 -h 16 -s 63 -N 00000000 ::
    mcopy -i "$disk@@1M" "$tree/boot/vmlinuz-$kernel" ::vmlinuz
    mcopy -i "$disk@@1M" "$work/initrd.gz" "$work/syslinux.cfg" ::
    syslinux --install --offset 1048576 "$disk"
}

rm -rf "$work"
unpack_packages
make_initrd
make_disk
rm -rf "$packages" "$tree" "$initrd"
mv "$disk" "$work/guest.raw"
