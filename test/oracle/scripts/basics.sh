# Run by our shell and by dash with scratch=FILE; the outputs must be equal.
echo hello "a  b" 'c  d' e\ f
x=5; y="$x$x"; echo $y ${y}z ${z:-def} ${#y} $((x*3+(2-1)%3))
for i in 1 2 3; do echo -n "$i "; done; echo
if test 3 -gt 2; then echo yes; elif true; then echo no; else echo never; fi
i=0; while [ $i -lt 3 ]; do i=$((i+1)); if [ $i = 2 ]; then continue; fi; echo w$i; done
echo one two | cat | wc -w
echo a > "$scratch"; echo b >> "$scratch"; cat < "$scratch"
(cd /; pwd); pwd > /dev/null
f() { echo f $1 $# "$@"; return 3; }; f a "b c"; echo $?
case hello in h*o) echo match;; *) echo nomatch;; esac
true && echo and || echo or
false && echo and || echo or
! true; echo $?
echo $(echo nested $(echo deep)) `echo back`
v=/a/b/c.txt; echo ${v##*/} ${v%.*} ${v#*/} ${v%%/*}
cat <<E1
body $x $(echo sub)
E1
cat <<'E2'
raw $x
E2
set -- p q r; echo $# $2; shift; echo $1 "$*"
for a in "$@"; do echo [$a]; done
cd /; echo et? e*c; cd "$OLDPWD"
echo '*' "*" \*
sleep 0 & wait; echo $?
nonexist 2>/dev/null; echo $?
echo "q\"q" 'a'"b"c
echo ${unset-dash} "${unset:+plus}" "${x:+plus}"
{ echo g1; echo g2; } | wc -l
until [ $i = 0 ]; do i=$((i-1)); done; echo $i
IFS=:; p=a:b:c; for e in $p; do echo $e; done; unset IFS
echo "$(printf 'x\ny\n\n')"
read a b <<X
1 2 3
X
echo $a,$b
exec 3>"$scratch"; echo to3 >&3; exec 3>&-; cat "$scratch"
echo err >&2 2>/dev/null
sh -c 'exit 7'; echo $?
a=1 b=2 env | grep '^[ab]=' | sort
g() { for q in 1 2 3; do [ $q = 2 ] && break; echo $q; done; }; g
while read l; do echo "<$l>"; done < "$scratch"
echo $((1<<4|3)) $((10/3)) $((-7%3)) $((1&&0)) $((2>1))
