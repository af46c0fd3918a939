-- What the shells built by GNU's tools and by ours must answer alike.
create table t(a integer primary key, b text, c real);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000)
  insert into t select i, hex(i * i), i / 7.0 from n;
create index x on t(b);
select count(*), sum(a), max(b), round(avg(c), 6) from t where b like '%3%';
select a, b, round(c, 3) from t order by b desc limit 5;
explain query plan select * from t where b = '31';
explain select b, count(*) from t group by b having count(*) > 1;
select json_group_array(a) from (select a from t where a < 6);
select printf('%.9f|%e|%s', 1 / 3.0, 1e-10, date('2020-02-29', '+1 year'));
select a, sum(c) over (order by a rows 3 preceding) from t where a between 100 and 110;
create virtual table words using fts5(w);
insert into words select printf('row %d is %s', a, case a % 3 when 0 then 'fizz' else 'plain' end) from t;
select count(*), min(rowid) from words where words match 'fizz AND row';
begin; delete from t where a % 2; rollback;
savepoint s; update t set c = -c where a > 10; release s;
select total(c), typeof(max(c)), quote(x'0001ff') from t;
attach ':memory:' as other;
create table other.copy as select * from t where a <= 1000;
select count(*), (select c from other.copy where a = 999) from other.copy join t using (a);
.schema
.dump words_config
