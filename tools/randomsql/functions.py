"""The functions of docs/sql.md as templates: {} is an argument of the kind named beside it.

Some are wrapped because of MariaDB: LEAST of texts is a number where one is wanted, UNHEX of a LONGTEXT sorts as if
it were empty, MAKE_SET takes some NULLs for texts, a text as a TIME depends on where it comes from, CAST of a number
AS CHAR is a number without its fraction beside a number, TIME_FORMAT forgets the sign when it says how long its text
gets, ORD, HOUR, BIT_COUNT and some others are cut to too few digits beside a number, QUOTE of a NULL without a type are
bytes, ROUND to tens of a BIGINT UNSIGNED is a decimal, the text of ABS of a DECIMAL is cut, DISTINCT takes numbers
beside a BLOB for one. The longest TIME has a fraction in MariaDB alone: what is
"no_longer" is cut to the longest without one.

A quotient is one of doubles, or cast: one of DECIMALs has digits that it does not show, and MariaDB cuts them off where
it stores rows on its way. (What IFNULL and its like do with them is tests/sql/quotients.test.)

HEX, BIN and OCT of a DECIMAL round it in TiDB, and make a double of it or cut it in MariaDB.

TiDB finds a member of an ENUM whatever its case: nothing is UPPER that may be one.
Bytes beside texts: MariaDB counts their lengths as characters', cuts them within a character and makes question marks of
what is left, and loses rows of a DISTINCT of them. What is made of "bytes" is made of them alone, and shown by HEX.
Kinds in capitals are literals: N a small number, P a position, U a unit of time, F a format of times, G one of texts.
"""
import re

# What is an error in a statement that writes: division by zero, a text that is no number.
FAILING = re.compile(r"div |%|mod\(|/|conv\(|inet|unhex|str_to_date|cast\(.*(char|json)|from_days|log|ln\(|sqrt|date_format|make")

INT = """
ifnull({}, -1) bool|ifnull({} or {}, -1) simple simple|ifnull({} and {}, -1) simple simple|ifnull(not {}, -1) simple
({} + {}) int int|({} - {}) int int|({} * {}) int int|({} div {}) int int|({} % {}) int int|(-{}) int|abs({}) int
sign({}) dec|mod({}, {}) int int|({} & {}) uint uint|({} | {}) uint uint|({} ^ {}) uint uint|({} << {}) uint N|({} >> {}) uint N
cast(bit_count({}) & 127 as signed) int|floor({}) dec|ceil({}) dec|round({}) int|round(cast({} as signed), {}) int NEG|truncate({}, {}) int NEG
length({}) str|length({}) bytes|char_length({}) str|bit_length({}) str|cast(ascii({}) & 255 as signed) str|cast(ord({}) & 65535 as signed) str|crc32({}) str
instr({}, {}) str str|locate({}, {}) str str|locate('a', {}, {}) str P|position({} in {}) str str|strcmp({}, {}) str str
field(ifnull({}, 'a'), ifnull({}, 'b'), 'ab') str str|field(ifnull({}, 1), ifnull({}, 2), {}) int int N1|find_in_set({}, {}) str str|interval(ifnull({}, 3), 2, 5) int
cast({} as signed) int|cast({} as signed) dec|cast({} as signed) NUMTEXT|cast({} as unsigned) uint
if({}, {}, {}) bool int int|ifnull({}, {}) int int|cast(nullif({}, {}) as signed) int int|coalesce({}, {}, {}) int int int
case when {} then {} else {} end bool int int|case {} when {} then {} when {} then {} end int int int int int
greatest({}, {}) int int|least({}, {}, {}) int int int|isnull({}) any
year({}) dt|month({}) dt|day({}) dt|dayofmonth({}) date|dayofweek({}) dt|dayofyear({}) date|weekday({}) dt|quarter({}) date
week({}) dt|week({}, {}) dt WEEK|cast(yearweek({}) & 1048575 as signed) date|weekofyear({}) dt|to_days({}) dt|to_seconds({}) dt|datediff({}, {}) dt date
year({}) MOMENT|to_days({}) MOMENT|datediff({}, {}) MOMENT dt|timestampdiff({}, {}, {}) U1 MOMENT dt|week({}) MOMENT
hour(timestamp({})) dt|cast(hour({}) as signed) time|minute({}) time|second(timestamp({})) dt|microsecond(timestamp({})) dt|time_to_sec(cast({} as time)) time|extract({} from timestamp({})) U dt
timestampdiff({}, {}, {}) U1 dt dt|unix_timestamp({}) date|cast(period_add(202001, {}) & 16777215 as signed) N|period_diff(202001, 201901 + {}) N
json_length({}) json|json_depth({}) json|json_valid({}) json|inet_aton({}) IP|is_ipv4({}) IP|is_ipv6({}) IP|length({}) int|char_length({}) dec
"""
DEC = """
({} + {}) dec int|({} - {}) dec dec|({} * {}) dec int|cast({} / {} as decimal(30,4)) int int|cast(cast({} as decimal(12,3)) / {} as decimal(30,7)) dec dec|(abs({}) % {}) dec dec|(-{}) dec|abs({}) dec
round({}, {}) dec N1|truncate({}, {}) dec N1|cast({} as decimal(12,3)) int|cast({} as decimal(20,5)) dec|cast({} as decimal(10,2)) NUMTEXT
if({}, {}, {}) bool dec dec|ifnull({}, {}) dec dec|nullif({}, {}) dec dec|coalesce({}, {}) dec int
case when {} then {} end bool dec|greatest({}, {}) dec int|least({}, {}) dec dec|round({}) dec|floor({}) dec
"""
REAL = """
({} + {}) real int|({} - {}) real dec|({} * {}) real real|({} * 1e0 / {}) real int|(-{}) real|abs({}) real|sqrt({}) int|sqrt(abs({})) dec
round({}, {}) real N1|truncate({}, {}) real N1|floor({}) real|ceil({}) real|ln({}) int|log2({}) int|log10({}) dec|log({}, {}) N int
exp({} % 5) int|pow({} % 7, {}) int N|sin({}) int|cos({}) int|tan({}) int|atan({}) dec|atan2({}, {}) int int|degrees({}) int|radians({}) int
if({}, {}, {}) bool real real|ifnull({}, {}) real int|coalesce({}, {}) real dec|({} + 0) NUMTEXT|({} * {}) NUMTEXT int|greatest({}, {}) real int
asin({} / 10) int|acos({} / 10) int
"""
STR = """
concat({}, {}) str str|concat({}, {}) str int|concat(cast(abs({}) as decimal(40,10)), '-', {}) dec str|concat_ws({}, {}, {}) G str str|concat({}, {}) date str
left({}, {}) str N|right({}, {}) str N|substring({}, {}) str P|substring({}, {}, {}) str P N|mid({}, {}, {}) str P N|substring_index({}, {}, {}) str G NEG
upper(concat({}, '!')) str|lower({}) str|trim({}) str|ltrim({}) str|rtrim({}) str|trim(leading {} from {}) G str|trim(both {} from {}) G str
lpad({}, {}, {}) str N PAD|rpad({}, {}, {}) str N PAD|repeat({}, {}) str N|replace({}, {}, {}) str G G|insert({}, {}, {}, {}) str P N str|reverse({}) str
hex(cast({} as signed)) int|hex({} & {}) uint uint|hex({}) str|bin(cast({} as signed)) int|oct(cast({} as signed)) int|conv({}, 10, {}) int BASE|hex(reverse(unhex(hex(left({}, 50))))) str|to_base64({}) str|quote(concat({}, '')) str|md5({}) str|sha1({}) str
elt({}, {}, {}) N str str|make_set({}, ifnull({}, 'a'), ifnull({}, 'b')) N str str|export_set({}, 'Y', 'N', ',', 5) N|hex(char({} + 60, {})) N int|space({}) N|soundex({}) WORD
format({}, {}) dec N1|concat(cast({} as char)) int|concat(cast(abs({}) as char)) dec|concat(cast({} as char)) dt|concat(cast({} as char)) time|cast({} as char({})) text N
if({}, {}, {}) bool str str|ifnull({}, {}) str str|nullif({}, {}) str str|coalesce({}, {}, {}) str str str|case when {} then {} else {} end bool str str
case {} when {} then {} else {} end int int str str|concat(ifnull({}, {})) int str|concat(if({}, {}, {})) bool int str
concat(greatest({}, {})) str str|concat(least({}, {})) str str|date_format({}, {}) dt F|time_format({}, {}) time TF|dayname({}) dt|monthname({}) date
cast(json_unquote(json_extract({}, '$.a')) as char) json|cast(json_type({}) as char) json|concat(inet_ntoa({})) uint|cast(sec_to_time({}) as char) N|hex(cast({} as binary)) str|hex({}) bytes
hex(concat({}, {})) bytes bytes|hex(left({}, {})) bytes N|hex(right({}, {})) bytes N|hex(substring({}, {}, {})) bytes P N|hex(reverse({})) bytes
hex(ifnull({}, {})) bytes bytes|hex(if({}, {}, {})) bool bytes bytes|hex(coalesce({}, {}, {})) bytes bytes bytes|upper(hex(insert({}, {}, {}, {}))) bytes P N bytes
hex(trim({})) bytes|hex(lpad({}, {}, {})) bytes N PAD|hex(replace({}, {}, {})) bytes G G|hex(greatest({}, {})) bytes bytes|md5({}) bytes
"""
DT = """
timestamp({}) MOMENT|timestamp({}, {}) DAY time|cast({} as datetime) MOMENT|date_add({}, interval {} {}) dt N U1|date_sub({}, interval {} {}) dt N U1|{} + interval {} {} dt N U1|date_add({}, interval {} day_hour) dt NUMTEXT
timestamp({}) date|timestamp({}, {}) date time|from_unixtime({} * 100000) N|cast({} as datetime) date|cast({} as datetime(3)) dt|cast({} as datetime) dt
if({}, {}, {}) bool dt dt|ifnull({}, {}) dt dt|coalesce({}, {}) dt date|cast(timestampadd({}, {}, {}) as datetime(6)) U1 N dt|nullif({}, {}) dt dt
greatest(timestamp({}), timestamp({})) dt dt|least(timestamp({}), timestamp({})) dt dt|str_to_date('2020-05-06 07:08:09', '%Y-%m-%d %H:%i:%s')|case when {} then {} end bool dt
"""
DATE = """
date({}) dt|date({}) MOMENT|last_day({}) MOMENT|last_day({}) dt|makedate(2000 + {}, {}) N N|cast({} as date) dt|from_days(737000 + {}) N|date_add({}, interval {} day) date N
date_sub({}, interval {} month) date N|if({}, {}, {}) bool date date|ifnull({}, {}) date date|coalesce({}, {}) date date|str_to_date('06/05/2020', '%d/%m/%Y')
"""
TIME = """
time(timestamp({})) dt|cast(timestamp({}) as time) dt|cast({} as time(3)) time|sec_to_time({}) int|maketime({}, {}, {}) N N N|no_longer(timediff(timestamp({}, {}), timestamp({}, {}))) DAY time DAY time|no_longer(timediff({}, {})) time time
if({}, {}, {}) bool time time|ifnull({}, {}) time time|no_longer(addtime({}, {})) time time|no_longer(subtime({}, {})) time time
"""
BOOL = """
{} = {} int int|{} <> {} int int|{} < {} int int|{} <= {} int dec|{} > {} dec int|{} >= {} dec dec|{} <=> {} int int|{} = {} real int
{} = {} str str|{} < {} str str|{} >= {} str str|{} <> {} str str|{} <=> {} str str|{} = {} dt dt|{} < {} dt dt|{} > {} date dt|{} = {} date date
{} < {} time time|{} = {} time time|{} between {} and {} int int int|{} not between {} and {} int int int|{} between {} and {} str str str
timestamp({}) between timestamp({}) and timestamp({}) dt dt dt|{} in ({}, {}) int int int|{} not in ({}, {}) int int int|{} in ({}, {}, {}) str str str str|{} in ({}, {}) dec int dec
{} in ({}, {}) dt dt dt|(({}, {}) = ({}, {})) is true int str int str|(({}, {}) in (({}, {}), ({}, {}))) is true int str int str int str
{} and {} bool bool|{} or {} bool bool|not {} bool|{} xor {} bool bool|({}) is true bool|({}) is not true bool|({}) is false bool|({}) is unknown simple
{} is null any|{} is not null any|{} is null int|{} like {} str PATTERN|{} not like {} str PATTERN|binary {} regexp {} str REGEXP
{} = {} bytes bytes|{} < {} bytes bytes|{} >= {} bytes bytes|{} in ({}, {}) bytes bytes bytes|{} like {} bytes PATTERN
{} = {} int NUMTEXT|{} < {} dec NUMTEXT|{} > {} str INTLIT|{} = {} dt MOMENT|{} >= {} date MOMENT|{} < {} MOMENT dt|{} = {} int bool|{} != {} real dec
"""

LITERALS = {
    "N": [str(n) for n in range(0, 7)] + ["null"],
    "N1": ["0", "1", "2", "3", "-1", "null"],
    "NEG": ["-2", "-1", "0", "1", "2"],
    "P": ["1", "2", "3", "-1", "-2", "0", "10"],
    "BASE": ["2", "8", "16", "36", "-10"],
    "WEEK": [str(n) for n in range(8)],
    "U": ["year", "month", "day", "hour", "minute", "second", "microsecond", "year_month", "day_hour", "hour_second", "quarter"],
    "U1": ["year", "month", "day", "hour", "minute", "second", "week", "quarter"],
    "F": ["'%Y-%m-%d'", "'%H:%i:%s.%f'", "'%W %M %e %y'", "'%j %a %b %k %l %p'", "'%T %r'", "'%X-%V %x-%v'", "'%D %c%%'"],
    "TF": ["'%H:%i:%s'", "'%H %h %p'", "'%k-%l'"],
    "G": ["'a'", "','", "''", "' '", "'ab'", "'1'"],
    "PAD": ["'x'", "'ab'", "' '"],
    "WORD": ["'Robert'", "'Tymczak'", "'hello'", "''"],
    "IP": ["'10.0.0.1'", "'255.255.255.255'", "'::1'", "'x'", "null"],
    "NUMTEXT": ["'1'", "'12'", "'1.5'", "'-3'", "'0'", "'7e0'"],
    "INTLIT": ["0", "1", "5", "-1"],
    "MOMENT": ["'2020-02-29'", "'2020-01-31 12:30:45'", "'1999-12-31 23:59:59.5'", "'2019-12-31 00:00:00'"],
    "DAY": ["'2020-01-31'", "'2020-02-01'", "date '2020-01-30'"],
    "PATTERN": ["'a%'", "'%b'", "'_b%'", "'%'", "'a\\\\%b'", "'abc'", "'%a%b%'", "''", "'1%'"],
    "REGEXP": ["'^a'", "'b$'", "'[0-9]+'", "'a.c'", "'x|y'"],
}


def _no_longer(template):
    """The template with each no_longer(x) as an expression that both servers have."""
    begin = template.find("no_longer(")
    if begin < 0:
        return template
    return f"least(greatest(cast({template[begin + len('no_longer('):-1]} as time(6)), time '-838:59:59'), time '838:59:59')"


def _parse(text):
    templates = []
    for line in text.strip().split("\n"):
        for item in line.split("|"):
            # What stands behind the template are as many kinds as it has holes; a lone | is an operator.
            holes = item.count("{}")
            pieces = item.rsplit(" ", holes) if holes else [item]
            templates.append((_no_longer(pieces[0]), tuple(pieces[1:])))
    return templates


TEMPLATES = {kind: _parse(text.replace("{} | {}", "{} \0 {}"))
             for kind, text in (("int", INT), ("dec", DEC), ("real", REAL), ("str", STR), ("dt", DT), ("date", DATE),
                                ("time", TIME), ("bool", BOOL))}
TEMPLATES = {kind: [(template.replace("\0", "|"), kinds) for template, kinds in made] for kind, made in TEMPLATES.items()}
