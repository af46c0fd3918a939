# Run by our shell and by dash with scratch=FILE; the outputs must be equal.
x='a b'; for i in $x "$x" '$x' "\$x" \$x; do echo "<$i>"; done
echo "${x}y" ${x#a} "${x%b}" ${nope:=set} $nope ${#nope}
y=1; (y=2; echo in $y); echo out $y
z=$(y=3; echo $y); echo $z $y
if false || true && true; then echo precedence; fi
for f in 1 2 3; do for g in a b; do [ $g = b ] && continue 2; echo $f$g; done; done
n=0; while true; do n=$((n + 1)); [ $n -gt 4 ] && break; done; echo $n
case abc in a*) echo star;; esac; case '*' in '*') echo quoted;; esac
case x in y|x) echo either;; *) echo none;; esac
case a in [!b-d]) echo class;; esac
f() { local_status=$1; return $local_status; }; f 4; echo $?
f 0 && echo zero; f 1 || echo one
g() { echo "$#:$1:$2"; shift; echo "$#:$1"; }; g 'p q' r
echo a; echo b & wait; echo c
echo "line one
line two"
echo one \
two
cat <<EOF1; echo after
$x and \$x and $(echo sub) $((1 + 1))
EOF1
cat <<-EOF2
	tabs go
EOF2
{ echo a; echo b >&2; } 2>"$scratch" | cat; cat "$scratch"
echo overwritten >"$scratch"; echo more >>"$scratch"; cat <"$scratch"
while read first rest; do echo "$rest|$first"; done <"$scratch"
echo "$(cat "$scratch" | head -n 1)"
: ${unset_variable-ok}; echo $?
[ -f "$scratch" ] && [ ! -d "$scratch" ] && [ -s "$scratch" ] && echo file tests
[ a = a -a b != c ] && echo and; [ 1 -gt 2 -o 2 -ge 2 ] && echo or
test -z "" && test -n x && echo strings
set -- 'a b' c; for i; do echo "[$i]"; done; echo "$*" $#; echo "$@"
IFS=,; set -- $(echo 1,2,,3); echo $#; unset IFS
eval 'echo evaluated $x'; echo 'echo sourced' >"$scratch"; . "$scratch"
unset x; echo "${x-unset}" "${x+set}"
true | false; echo $?; ! false | true; echo $?
exec 4>"$scratch"; echo to four >&4; exec 4>&-; cat "$scratch"
long=$(seq 1 3000)
cat <<EOF3 | wc -c
$long
EOF3
cat <<EOF4 | wc -c
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
${unset_variable}${unset_variable}${unset_variable}${unset_variable}${unset_variable}
EOF4
echo one shell is left
