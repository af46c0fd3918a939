#!/bin/sh
# The first program of the kernel that was built: uses the kernel through busybox, says what it sees, and ends.
mount -t proc proc /proc
echo "init: $(cat /proc/version)"
echo "init: $(grep -c . /proc/meminfo) lines about memory, $(ls /bin | wc -l) programs, $(id -u)"
echo "init: $(awk 'BEGIN { for (i = 1; i <= 20; i++) sum += i * i; print sum }')"
mkdir /scratch
mount -t ramfs none /scratch
seq 1 20000 | sort -rn | gzip -c >/scratch/numbers.gz
echo "init: $(gzip -dc /scratch/numbers.gz | md5sum)"
(exit 3) || echo "init: a child ended with $?"
sleep 60 &
kill -9 $!
wait $! || echo "init: a killed child ended with $?"
dd if=/dev/zero bs=64k count=16 2>/dev/null | tr '\0' x | wc -c | sed 's/^/init: /'
echo "init: end"
reboot -f
