"""The cases that record_values.py asks MariaDB about."""

INTEGERS = ["tinyint", "tinyint unsigned", "smallint", "mediumint unsigned", "int", "int unsigned", "bigint",
            "bigint unsigned"]
REALS = ["decimal(5,2)", "decimal(5,2) unsigned", "decimal(20,0)", "float", "double", "float(5,2)"]
TEXTS = ["char(3)", "varchar(3)", "tinytext", "binary(3)", "varbinary(3)"]
MEMBERS = ["enum('a','Bc','3','x y')", "set('a','b','c')"]
TIMES = ["date", "datetime", "datetime(3)", "timestamp", "time", "time(2)"]
COLUMN_TYPES = INTEGERS + REALS + ["year", "bit(5)", "bit(64)"] + TEXTS + MEMBERS + TIMES

NUMBERS = ["i:0", "i:1", "i:-1", "i:127", "i:128", "i:-128", "i:-129", "i:255", "i:256", "i:32767", "i:32768",
           "i:2147483647", "i:2147483648", "i:4294967295", "i:4294967296", "i:9223372036854775807",
           "i:9223372036854775808", "i:18446744073709551615", "n:0.5", "n:1.5", "n:-0.5", "n:2.455",
           "n:999.99", "n:999.995", "n:-999.99", "n:1000", "n:123456789012345678901234567890.5", "d:1e0",
           "d:1.5e0", "d:2.5e0", "d:-1e2", "d:1e10", "d:1e20", "d:1e40", "d:3.4e38"]
NUMBER_TEXTS = ["s:", "s:abc", "s:5", "s: 7 ", "s:-3", "s:1.9", "s:12abc", "s:1e2", "s:99999999999999999999",
                "s:-99999999999999999999", "s:.5", "s:2.445"]
SHORT_TEXTS = ["s:a", "s:A", "s:abc", "s:abcd", "s:ab  ", "s:abc  ", "s:äöü", "s:äöüß", "s:bc", "s:x y", "s:a,b",
               "s:b,a,b", "s:a,z", "s:3", "s:0", "s:7", "s:9", "x:6162", "x:61626364", "x:00"]
TIME_TEXTS = ["s:2020-02-03", "s:2020-02-03 04:05:06", "s:2020-02-03 04:05:06.789", "s:2020-02-03T04:05:06",
              "s:2020-02-03 04:05:06.9999", "s:20200203", "s:20200203040506", "s:200203", "s:690203", "s:700203",
              "s:2020-2-3 4:5:6", "s:20.2.3", "s:2020-02-30", "s:2020-02-00", "s:0000-00-00",
              "s:0000-00-00 00:00:00", "s:2020-13-01", "s:2020-02-03 25:00:00", "s:2020-02-03 10:61:00", "s:",
              "s:abc", "s:2020-02-03 04:05:06abc", "s:1969-12-31 23:59:59", "s:1970-01-01 00:00:00",
              "s:2038-01-19 03:14:07", "s:2038-01-19 03:14:08", "s:9999-12-31 23:59:59",
              "s:9999-12-31 23:59:59.9999", "s:2020@02#03 04^05^06", "i:20200203", "i:200203", "i:20200203040506",
              "i:691231", "i:700101", "i:0", "i:100", "i:101", "i:20201301", "n:20200203040506.789",
              "t:2020-02-03 04:05:06.789", "D:2020-02-03"]
CLOCK_TEXTS = ["s:04:05:06", "s:4:5:6", "s:04:05", "s:1 04:05:06", "s:-04:05:06", "s:-1 04", "s:040506", "s:45",
               "s:04:05:06.789", "s:04:05:06.999", "s:838:59:59", "s:839:00:00", "s:-900:00:00", "s:04:61:06",
               "s:abc", "s:", "s:12:34:56abc", "s:2020-02-03 04:05:06", "i:40506", "i:-40506", "i:61", "i:8385960",
               "i:9000000", "n:40506.789", "T:04:05:06", "t:2020-02-03 04:05:06.789"]


def column_values(type_text):
    if type_text == "year":
        return ["i:0", "i:1", "i:69", "i:70", "i:99", "i:1900", "i:1901", "i:2155", "i:2156", "i:-1", "s:0", "s:00",
                "s:2020", "s:20", "s:abc", "s:1900", "n:2020.4"]
    if type_text in INTEGERS or type_text in REALS:
        return NUMBERS + NUMBER_TEXTS
    if type_text.startswith("bit"):
        return ["i:0", "i:1", "i:31", "i:32", "i:9223372036854775807", "s:a", "s:", "x:1f", "x:20", "x:0001",
                "x:ffffffffffffffff", "x:01ffffffffffffffff"]
    if type_text in TEXTS:
        return SHORT_TEXTS + ["i:12", "i:1234", "n:1.5", "d:1.5e0", "d:1e20", "D:2020-02-03"]
    if type_text in MEMBERS:
        return SHORT_TEXTS + ["i:0", "i:1", "i:2", "i:4", "i:5", "i:7", "i:8", "i:-1", "s:", "s:1"]
    return CLOCK_TEXTS if type_text.startswith("time(") or type_text == "time" else TIME_TEXTS


# Name -> SQL. {0}, {1} are literals, {raw[1]} the argument's bare text.
FUNCTIONS = {
    "add": "{0} + {1}",
    "sub": "{0} - {1}",
    "mul": "{0} * {1}",
    "div": "{0} / {1}",
    "mod": "{0} % {1}",
    "int_div": "{0} div {1}",
    "third": "{0} / {1} * {1}",
    "round": "round({0}, {1})",
    "truncate": "truncate({0}, {1})",
    "ceil": "ceil({0})",
    "floor": "floor({0})",
    "cast_signed": "cast({0} as signed)",
    "cast_unsigned": "cast({0} as unsigned)",
    "cast_decimal": "cast({0} as decimal({raw[1]}))",
    "cast_char": "cast({0} as char({raw[1]}))",
    "cast_date": "cast({0} as date)",
    "cast_datetime": "cast({0} as datetime({raw[1]}))",
    "cast_time": "cast({0} as time({raw[1]}))",
    "text": "concat({0})",
    "compare": "if({0} < {1}, -1, if({0} > {1}, 1, 0))",
    "add_interval": "date_add({0}, interval {1} {raw[2]})",
    "timestampdiff": "timestampdiff({raw[0]}, {1}, {2})",
    "extract": "extract({raw[0]} from {1})",
    "week": "week({0}, {1})",
    "yearweek": "yearweek({0}, {1})",
    "to_days": "to_days({0})",
    "from_days": "from_days({0})",
    "dayofyear": "dayofyear({0})",
    "weekday": "weekday({0})",
    "date_format": "date_format({0}, {1})",
    "time_format": "time_format({0}, {1})",
    "str_to_date": "str_to_date({0}, {1})",
    "timediff": "timediff({0}, {1})",
    "from_unixtime": "from_unixtime({0})",
    "unix_timestamp": "unix_timestamp({0})",
    "json_valid": "json_valid({0})",
    "json_compact": "json_compact({0})",
    "json_extract": "json_compact(json_extract({0}, {1}))",
    "json_contains": "json_contains({0}, {1})",
    "json_contains_path": "json_contains_path({0}, 'one', {1})",
    "json_set": "json_compact(json_set({0}, {1}, json_compact({2})))",
    "json_insert": "json_compact(json_insert({0}, {1}, json_compact({2})))",
    "json_replace": "json_compact(json_replace({0}, {1}, json_compact({2})))",
    "json_remove": "json_compact(json_remove({0}, {1}))",
    "json_array_append": "json_compact(json_array_append({0}, {1}, json_compact({2})))",
    "json_array_insert": "json_compact(json_array_insert({0}, {1}, json_compact({2})))",
    "json_merge_preserve": "json_compact(json_merge_preserve({0}, {1}))",
    "json_merge_patch": "json_compact(json_merge_patch({0}, {1}))",
    "json_keys": "json_compact(json_keys({0}))",
    "json_length": "json_length({0})",
    "json_depth": "json_depth({0})",
    "json_type": "json_type({0})",
    "json_quote": "json_quote({0})",
    "json_unquote": "json_unquote({0})",
    "upper": "upper({0})",
    "lower": "lower({0})",
}

DECIMALS = ["n:0", "n:1", "n:-1", "n:3", "n:7", "n:0.1", "n:0.0001", "n:-2.50", "n:9.995", "n:1234567890.0987654321",
            "n:99999999999999999999.9999999999", "n:-0.000000000000000000000000000001",
            "n:12345678901234567890123456789012345", "n:100000000000000000000"]
DATES = ["D:2020-02-29", "D:2019-12-30", "D:2020-01-01", "D:2021-01-03", "D:2000-12-31", "D:1999-01-01", "D:2016-01-03",
         "D:0001-01-01", "D:9999-12-31", "D:1900-03-01", "D:2024-12-29"]
MOMENTS = ["t:2020-02-29 23:59:59.999999", "t:2019-12-31 00:00:00", "t:2020-01-31 12:30:45.5", "D:2020-01-31",
           "t:9999-12-31 23:59:59"]
UNITS = ["MICROSECOND", "SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"]
COMPOSITE = {"SECOND_MICROSECOND": "1.5", "MINUTE_MICROSECOND": "1:2.25", "MINUTE_SECOND": "-3:4",
             "HOUR_MICROSECOND": "1:2:3.004", "HOUR_SECOND": "10:20:30", "HOUR_MINUTE": "5:6",
             "DAY_MICROSECOND": "1 2:3:4.5", "DAY_SECOND": "1 2:3:4", "DAY_MINUTE": "-1 2:3", "DAY_HOUR": "1 10",
             "YEAR_MONTH": "1-2"}
NUMBER_VALUES = ["i:0", "i:-1", "i:9223372036854775807", "i:18446744073709551615", "n:1.5", "n:2.5", "n:-1.5", "n:-0.4",
                 "n:99999999999999999999", "d:1.5e0", "d:2.5e0", "d:-3.7e0", "d:1e19", "s:12", "s:-5", "s:1.9", "s:12abc",
                 "s:abc", "s:", "s:18446744073709551615", "x:41", "D:2020-02-03", "t:2020-02-03 04:05:06.7", "T:04:05:06"]
DOCUMENTS = ['{"a": 1, "b": [1, 2, {"c": "x"}], "d": {"a": null, "e": true}}', "[1, 2.5, \"q\", null, false, [3, [4]]]",
             "5", "\"text\"", "{}", "[]", "null", "[[1, 2], [3, 4]]", '{"b": 2, "a": {"b": {"b": 7}}}']
PATHS = ["$", "$.a", "$.b", "$.b[2].c", "$.b[*]", "$[0]", "$[1]", "$[5][1]", "$.d.*", "$**.b", "$.x", "$[9]", "$.d.e",
         "$[*][1]"]


def decimal_cases(rng):
    cases = []
    for a in DECIMALS:
        cases += [("round", [a, f"i:{n}"]) for n in (-2, 0, 1, 3, 12)]
        cases += [("truncate", [a, f"i:{n}"]) for n in (-2, 0, 1, 3)]
        cases += [("ceil", [a]), ("floor", [a])]
        for b in DECIMALS:
            cases += [(op, [a, b]) for op in ("add", "sub", "mul", "div", "mod", "int_div", "compare")]
    for _ in range(150):
        a, b = (f"n:{random_decimal(rng)}" for _ in range(2))
        cases += [(rng.choice(["add", "sub", "mul", "div", "mod", "third"]), [a, b])]
    return cases


def random_decimal(rng):
    whole = str(rng.randrange(10 ** rng.randrange(1, 22)))
    digits = rng.randrange(0, 12)
    fraction = "".join(rng.choice("0123456789") for _ in range(digits))
    return ("-" if rng.random() < 0.4 else "") + whole + ("." + fraction if digits else "")


def number_cases():
    cases = []
    for v in NUMBER_VALUES:
        cases += [(f, [v]) for f in ("cast_signed", "cast_unsigned", "text")]
        cases += [("cast_decimal", [v, f"s:{t}"]) for t in ("10,2", "3,0", "30,10")]
    cases += [("text", [v]) for v in ("d:1e15", "d:1e14", "d:123456789012345680e0", "d:1e-5", "d:1e-16", "d:1.1e0", "d:-0.1e0",
                                      "d:1e100", "d:2e-10", "d:100e0", "n:1.10", "n:-0.0")]
    for v in ("s:abcdef", "s:äöü", "i:12345", "n:1.25", "D:2020-02-03"):
        cases += [("cast_char", [v, f"s:{n}"]) for n in (2, 10)]
    values = ["i:1", "i:-1", "i:18446744073709551615", "n:1.5", "d:1.5e0", "s:1", "s:1.5", "s:abc", "s:ABC", "s:2020-02-03",
              "D:2020-02-03", "t:2020-02-03 00:00:01", "i:20200203", "s:20200203", "T:04:05:06", "s:04:05:06", "i:40506"]
    cases += [("compare", [a, b]) for a in values for b in values]
    cases += [(f, [v]) for f in ("upper", "lower") for v in ("s:Straße ÄÖ", "s:ÀÉ привет ΑΒΓ", "s:abcXYZ-1", "s:ＡＢｃ")]
    return cases


def time_cases():
    cases = []
    texts = [v for v in TIME_TEXTS if v.startswith(("s:", "i:", "n:"))]
    cases += [("cast_date", [v]) for v in texts]
    cases += [("cast_datetime", [v, f"s:{n}"]) for v in texts for n in (0, 3)]
    cases += [("cast_time", [v, f"s:{n}"]) for v in CLOCK_TEXTS for n in (0, 2)]
    for m in MOMENTS:
        cases += [("add_interval", [m, f"i:{n}", f"s:{u}"]) for u in UNITS for n in (1, -1, 13, 100000)]
        cases += [("add_interval", [m, f"s:{text}", f"s:{u}"]) for u, text in COMPOSITE.items()]
        cases += [("extract", [f"s:{u}", m]) for u in UNITS + list(COMPOSITE)]
        cases += [("timestampdiff", [f"s:{u}", m, other]) for u in UNITS for other in MOMENTS]
    cases += [("add_interval", ["D:2020-01-31", v, "s:DAY"]) for v in ("s:2", "s:abc", "n:1.5", "s:-1.9", "d:2.5e0")]
    cases += [("add_interval", ["t:2020-01-31 00:00:00", v, "s:SECOND"]) for v in ("n:1.5", "s:2.25", "i:7")]
    for d in DATES:
        cases += [(f, [d, f"i:{mode}"]) for f in ("week", "yearweek") for mode in range(8)]
        cases += [(f, [d]) for f in ("to_days", "dayofyear", "weekday")]
    cases += [("from_days", [f"i:{n}"]) for n in (0, 365, 366, 367, 730000, 737484, 3652424, 3652425)]
    letters = "%a %b %c %D %d %e %f %H %h %I %i %j %k %l %M %m %p %r %S %s %T %U %u %V %v %W %w %X %x %Y %y %% %q"
    cases += [("date_format", [m, f"s:{letters}"]) for m in MOMENTS + DATES]
    cases += [("time_format", [v, "s:%H %k %h %I %l %i %s %f %p %r %T"])
              for v in ("T:04:05:06.7", "T:25:00:01", "T:100:11:12")]
    cases += [("str_to_date", [f"s:{t}", f"s:{f}"]) for t, f in STR_TO_DATE]
    cases += [("timediff", [a, b]) for a, b in (("t:2020-01-02 00:00:00", "t:2020-01-01 12:00:00"),
                                                ("T:01:00:00", "T:02:30:00.5"),
                                                ("t:2000-01-01 00:00:00", "t:2020-01-01 00:00:00"))]
    cases += [("from_unixtime", [f"i:{n}"]) for n in (0, 1, 1600000000, 2147483647)]
    cases += [("unix_timestamp", [v]) for v in ("t:1970-01-01 00:00:00", "t:2020-02-03 04:05:06.5", "t:2038-01-19 03:14:07")]
    return cases


STR_TO_DATE = [("01,5,2013", "%d,%m,%Y"), ("May 1, 2013", "%M %d,%Y"), ("a09:30:17", "a%h:%i:%s"), ("09:30:17a", "%h:%i:%s"),
               ("2013-05-01 11:12:13.5", "%Y-%m-%d %H:%i:%s.%f"), ("20130501", "%Y%m%d"), ("13:14", "%H:%i"),
               ("10:11 PM", "%h:%i %p"), ("12:00:00 AM", "%r"), ("200 2020", "%j %Y"), ("2020 10 Monday", "%x %v %W"),
               ("2020 10 Sunday", "%X %V %W"), ("abc", "%Y"), ("31/02/2020", "%d/%m/%Y"), ("99-1-2", "%y-%m-%d"),
               ("Jan 2nd 2020", "%b %D %Y"), ("2020..01", "%Y%.%m"), ("2020x01", "%Y%@%m"), ("2020-01-02 junk", "%Y-%m-%d")]


def json_cases():
    cases = []
    documents = [f"s:{d}" for d in DOCUMENTS]
    for d in documents:
        cases += [(f, [d]) for f in ("json_compact", "json_keys", "json_length", "json_depth", "json_type")]
        cases += [(f, [d, f"s:{p}"]) for f in ("json_extract", "json_contains_path") for p in PATHS]
        plain = [p for p in PATHS if "*" not in p]
        cases += [(f, [d, f"s:{p}", "s:[9]"]) for f in ("json_set", "json_insert", "json_replace", "json_array_append")
                  for p in plain]
        cases += [("json_array_insert", [d, f"s:{p}", "s:9"]) for p in plain if p.endswith("]")]
        cases += [("json_remove", [d, f"s:{p}"]) for p in plain if p != "$"]
        cases += [(f, [d, o]) for f in ("json_merge_preserve", "json_merge_patch", "json_contains") for o in documents]
    cases += [("json_contains", [f"s:{a}", f"s:{b}"]) for a, b in (("[1,2,3]", "[3,1]"), ("[1,[2,3]]", "[2]"), ("[1,2]", "2"),
                                                                     ('{"a":[1,2],"b":2}', '{"a":[1]}'), ("1", "1.0"),
                                                                     ("[1.0]", "1"))]
    cases += [("json_valid", [f"s:{t}"]) for t in ("1", "01", "-", "1.", "1e5", "[1,]", "{\"a\"}", "{\"a\":1,}", "nul", "null ",
                                                    " [1] ", "\"\\u00e4\"", "\"\\x\"", "[1] 2", "", "\"a")]
    cases += [("json_quote", [f"s:{t}"]) for t in ("abc", 'a"b', "a\\b", "äö", "")]
    cases += [("json_unquote", [f"s:{t}"]) for t in ('"abc"', '"a\\"b"', '"\\u00e4"', "abc", '"\\n"', '"a')]
    return cases


def function_cases(rng):
    return decimal_cases(rng) + number_cases() + time_cases() + json_cases()
