// What programs do with JDBC, told line by line on standard output: the same driver tells the same of two servers.
//   java -cp <driver.jar> JdbcClient.java <url> <database>

import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.Arrays;
import java.util.TreeSet;

public class JdbcClient {
    static String database;
    /** MySQL's drivers send no fractions of a second to what they take for an old server, and MariaDB calls itself 5.5. */
    static String fraction;

    interface Step {
        void run(Connection c) throws Exception;
    }

    static void tell(Object... parts) {
        StringBuilder line = new StringBuilder();
        for (Object part : parts) line.append(line.length() == 0 ? "" : " ").append(text(part));
        System.out.println(line);
    }

    static String text(Object value) {
        if (value instanceof byte[]) return "bytes" + Arrays.toString((byte[]) value);
        return String.valueOf(value);
    }

    static void execute(Connection c, String... statements) throws SQLException {
        try (Statement s = c.createStatement()) {
            for (String sql : statements) s.execute(sql);
        }
    }

    /** Rows of a query, one line each. */
    static void show(Connection c, String sql) throws SQLException {
        try (Statement s = c.createStatement(); ResultSet r = s.executeQuery(sql)) {
            while (r.next()) {
                Object[] row = new Object[r.getMetaData().getColumnCount()];
                for (int i = 0; i < row.length; ++i) row[i] = r.getString(i + 1);
                tell(row);
            }
        }
    }

    static void tellError(SQLException e) {
        tell("error", e.getErrorCode(), e.getSQLState());
    }

    static final String TYPES = "create table types (id bigint unsigned auto_increment primary key, ti tinyint, "
        + "b1 tinyint(1), si smallint, mi mediumint, i int, iu int unsigned, bi bigint, bu bigint unsigned, f float, "
        + "d double, de decimal(20,6), bt bit(12), da date, dt datetime(6), ts timestamp(3) null, tm time(2), y year, "
        + "c char(10), v varchar(50), bn binary(4), vb varbinary(20), bl mediumblob, tx text, lt longtext, e enum('x','y'), "
        + "s set('p','q','r'))";
    static final int VALUES = 26;

    static void bindValues(PreparedStatement p) throws SQLException {
        int i = 1;
        p.setByte(i++, (byte) -5);
        p.setBoolean(i++, true);
        p.setShort(i++, (short) -300);
        p.setInt(i++, 8000000);
        p.setInt(i++, Integer.MIN_VALUE);
        p.setLong(i++, 4294967295L);
        p.setLong(i++, Long.MIN_VALUE);
        p.setBigDecimal(i++, new BigDecimal("18446744073709551615"));
        p.setFloat(i++, 1.5f);
        p.setDouble(i++, -2.25e100);
        p.setBigDecimal(i++, new BigDecimal("-12345678901234.567891"));
        p.setInt(i++, 0xabc);
        p.setDate(i++, Date.valueOf("2020-02-29"));
        p.setTimestamp(i++, Timestamp.valueOf("2020-02-29 23:59:58" + fraction));
        p.setTimestamp(i++, Timestamp.valueOf("2021-03-04 05:06:07" + fraction));
        p.setTime(i++, Time.valueOf("12:34:56"));
        p.setInt(i++, 2024);
        p.setString(i++, "char");
        p.setString(i++, "v\u00e4r\u4e2d\ud83d\ude00'\\\"");
        p.setBytes(i++, new byte[] {0, 1, 2, (byte) 255});
        p.setBytes(i++, new byte[] {'\'', 0, '\\', (byte) 200});
        p.setBinaryStream(i++, new ByteArrayInputStream(new byte[70000]), 70000);
        p.setString(i++, "text");
        p.setCharacterStream(i++, new java.io.StringReader("x".repeat(70000)), 70000);
        p.setString(i++, "y");
        p.setString(i++, "p,r");
    }

    static String shortened(Object value) {
        String s = text(value);
        return s.length() > 200 ? s.substring(0, 100) + "... " + s.length() : s;
    }

    static void tellRows(ResultSet r) throws SQLException {
        ResultSetMetaData m = r.getMetaData();
        while (r.next()) {
            for (int i = 1; i <= m.getColumnCount(); ++i) {
                Object o = r.getObject(i);
                tell("  value", m.getColumnName(i), shortened(o), o == null ? "" : o.getClass().getName(),
                     shortened(r.getString(i)), r.wasNull());
            }
        }
    }

    static void allTypes(Connection c) throws Exception {
        execute(c, "drop table if exists types", TYPES);
        String marks = "?,".repeat(VALUES - 1) + "?";
        String insert = "insert into types values (null, " + marks + ")";
        try (PreparedStatement p = c.prepareStatement(insert, Statement.RETURN_GENERATED_KEYS)) {
            bindValues(p);
            tell("inserted", p.executeUpdate());
            try (ResultSet keys = p.getGeneratedKeys()) {
                while (keys.next()) tell("key", keys.getLong(1));
            }
            for (int i = 1; i <= VALUES; ++i) p.setNull(i, Types.NULL);
            tell("inserted", p.executeUpdate());
        }
        try (Statement s = c.createStatement(); ResultSet r = s.executeQuery("select * from types order by id")) {
            tellRows(r);
        }
        try (PreparedStatement p = c.prepareStatement("select * from types where id >= ? order by id")) {
            p.setLong(1, 1);
            try (ResultSet r = p.executeQuery()) {
                tellColumns(r.getMetaData());
                tellRows(r);
            }
            p.setLong(1, 2);
            try (ResultSet r = p.executeQuery()) {
                r.next();
                tell("second", r.getLong("id"), r.getTimestamp("ts"), r.getBytes("bl"), r.getBoolean("b1"));
            }
        }
    }

    static void tellColumns(ResultSetMetaData m) throws SQLException {
        for (int i = 1; i <= m.getColumnCount(); ++i) {
            tell("  column", m.getColumnName(i), m.getColumnLabel(i), m.getTableName(i), m.getColumnType(i),
                 // MariaDB tells its own driver of TEXT; MySQL's take a LONGTEXT from TiDB for a LONGBLOB.
                 m.getColumnName(i).matches("tx|lt") ? "" : m.getColumnTypeName(i), m.getColumnClassName(i), m.isAutoIncrement(i), m.isNullable(i),
                 // MariaDB calls a TIMESTAMP unsigned.
                 m.getColumnType(i) == Types.TIMESTAMP ? "" : m.isSigned(i), m.getScale(i));
        }
    }

    static void batches(Connection c) throws Exception {
        execute(c, "drop table if exists batch",
                "create table batch (id int auto_increment primary key, n int, s varchar(20), unique key (n))");
        try (PreparedStatement p = c.prepareStatement("insert into batch (n, s) values (?, ?)",
                                                      Statement.RETURN_GENERATED_KEYS)) {
            for (int i = 0; i < 500; ++i) {
                p.setInt(1, i);
                p.setString(2, "row " + i);
                p.addBatch();
            }
            tell("batch", p.executeBatch().length);
            long keys = 0, sum = 0;
            try (ResultSet r = p.getGeneratedKeys()) {
                while (r.next()) {
                    ++keys;
                    sum += r.getLong(1);
                }
            }
            tell("keys", keys, sum);
        }
        try (PreparedStatement p = c.prepareStatement("update batch set s = ? where n = ?")) {
            for (int i = 0; i < 20; ++i) {
                p.setString(1, "changed " + i);
                p.setInt(2, i * 2);
                p.addBatch();
            }
            int changed = 0;
            for (int n : p.executeBatch()) changed += n > 0 ? 1 : 0;
            tell("updated", changed);
        }
        try (PreparedStatement p = c.prepareStatement("delete from batch where n = ?")) {
            for (int i = 400; i < 500; ++i) {
                p.setInt(1, i);
                p.addBatch();
            }
            tell("deleted", p.executeBatch().length);
        }
        try (PreparedStatement p = c.prepareStatement(
                 "insert into batch (n, s) values (?, ?) on duplicate key update s = values(s)")) {
            for (int i = 0; i < 10; ++i) {
                p.setInt(1, i);
                p.setString(2, "again");
                p.addBatch();
            }
            tell("replaced", p.executeBatch().length);
        }
        try (Statement s = c.createStatement()) {
            s.addBatch("insert into batch (n, s) values (1001, 'a')");
            s.addBatch("update batch set s = 'b' where n = 1001");
            s.addBatch("delete from batch where n = 3");
            tell("statements", Arrays.toString(s.executeBatch()));
        }
        try (PreparedStatement p = c.prepareStatement("insert into batch (n, s) values (?, 'dup')")) {
            for (int n : new int[] {2000, 1, 2001}) {
                p.setInt(1, n);
                p.addBatch();
            }
            p.executeBatch();
        } catch (SQLException e) {
            tellError(e);
        }
        show(c, "select count(*), sum(n), sum(length(s)) from batch where n < 2000");
    }

    static void transactions(Connection c) throws Exception {
        execute(c, "drop table if exists txn", "create table txn (id int primary key, n int)");
        c.setAutoCommit(false);
        execute(c, "insert into txn values (1, 1)");
        c.rollback();
        execute(c, "insert into txn values (2, 2)");
        Savepoint point = c.setSavepoint("point");
        execute(c, "insert into txn values (3, 3)");
        c.rollback(point);
        c.commit();
        show(c, "select * from txn order by id");
        c.commit();
        for (int level : new int[] {Connection.TRANSACTION_READ_COMMITTED, Connection.TRANSACTION_REPEATABLE_READ}) {
            c.setTransactionIsolation(level);
            tell("isolation", c.getTransactionIsolation());
        }
        c.setReadOnly(true);
        tell("read only", c.isReadOnly());
        try {
            execute(c, "insert into txn values (4, 4)");
            tell("written");
        } catch (SQLException e) {
            // Some drivers refuse it themselves, with a number of their own.
            tell("error", e.getSQLState());
        }
        c.rollback();
        c.setReadOnly(false);
        c.setAutoCommit(true);
        execute(c, "insert into txn values (4, 4)");
        try {
            execute(c, "insert into txn values (4, 4)");
        } catch (SQLException e) {
            tellError(e);
            tell(e.getClass().getName());
        }
        for (String wrong : new String[] {"select nothing from txn", "select * from nothing", "selec 1",
                                          "insert into txn values (1)"}) {
            try {
                execute(c, wrong);
            } catch (SQLException e) {
                tellError(e);
            }
        }
        show(c, "select * from txn order by id");
    }

    static void cursors(Connection c) throws Exception {
        String sql = "select a.n, b.n, a.s from batch a join batch b on a.n < b.n where b.n < 60 order by a.n, b.n";
        for (int fetch : new int[] {0, 7, Integer.MIN_VALUE}) {
            try (PreparedStatement p = c.prepareStatement(sql, ResultSet.TYPE_FORWARD_ONLY,
                                                          ResultSet.CONCUR_READ_ONLY)) {
                try {
                    p.setFetchSize(fetch);
                } catch (SQLException e) {
                    continue;  // MIN_VALUE is MySQL's word for streaming
                }
                long rows = 0, sum = 0;
                try (ResultSet r = p.executeQuery()) {
                    while (r.next()) {
                        ++rows;
                        sum += r.getInt(1) * r.getInt(2) + r.getString(3).length();
                    }
                }
                tell("fetched", rows, sum);
            }
        }
        try (Statement s = c.createStatement()) {
            s.setMaxRows(5);
            long rows = 0;
            try (ResultSet r = s.executeQuery("select n from batch")) {
                while (r.next()) ++rows;
            }
            tell("max rows", rows);
        }
        try (Statement s = c.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE);
             ResultSet r = s.executeQuery("select id, n, s from batch where n in (10, 11) order by n")) {
            r.next();
            r.updateString("s", "by cursor");
            r.updateRow();
            r.moveToInsertRow();
            r.updateInt("n", 3000);
            r.updateString("s", "inserted");
            r.insertRow();
            r.moveToCurrentRow();
        }
        show(c, "select n, s from batch where n in (10, 11, 3000) order by n");
    }

    static void several(Connection c) throws Exception {
        try (Statement s = c.createStatement()) {
            boolean rows = s.execute("select 1; update batch set s = 'multi' where n < 5; select 2, 'b'");
            while (rows || s.getUpdateCount() != -1) {
                if (rows) {
                    try (ResultSet r = s.getResultSet()) {
                        while (r.next()) tell("multi", r.getString(1));
                    }
                } else {
                    tell("multi updated", s.getUpdateCount());
                }
                rows = s.getMoreResults();
            }
        }
        try (Statement s = c.createStatement()) {
            s.setQueryTimeout(1);
            try (ResultSet r = s.executeQuery("select sleep(20) from batch where n = 7")) {
                while (r.next()) tell("slept", r.getString(1));
            }
        } catch (SQLException e) {
            tell("timeout", e.getClass().getSimpleName());
        }
        tell("valid", c.isValid(5));
    }

    static void names(String what, ResultSet r, String... columns) throws SQLException {
        TreeSet<String> lines = new TreeSet<>();
        while (r.next()) {
            StringBuilder line = new StringBuilder(what);
            for (String column : columns) line.append(' ').append(r.getString(column));
            lines.add(line.toString());
        }
        r.close();
        for (String line : lines) tell(line);
    }

    static void metadata(Connection c) throws Exception {
        execute(c, "drop view if exists meta_view", "drop table if exists meta",
                "create table meta (id int not null auto_increment, a varchar(30) not null default 'x' comment 'the a', "
                    + "b decimal(12,3), c datetime(3) null default current_timestamp(3), d int unsigned, e text, "
                    + "primary key (id), unique key ua (a), key kb (b, d)) comment 'a table'",
                "create view meta_view as select id, a from meta");
        DatabaseMetaData m = c.getMetaData();
        tell("catalog", c.getCatalog(), m.storesLowerCaseIdentifiers(), m.getIdentifierQuoteString());
        names("table", m.getTables(database, null, "meta%", null), "TABLE_CAT", "TABLE_NAME", "TABLE_TYPE");
        names("only", m.getTables(database, null, "%", new String[] {"VIEW"}), "TABLE_NAME", "TABLE_TYPE");
        names("column", m.getColumns(database, null, "meta", "%"), "COLUMN_NAME", "DATA_TYPE", "TYPE_NAME",
              "COLUMN_SIZE", "DECIMAL_DIGITS", "NULLABLE", "ORDINAL_POSITION", "IS_NULLABLE", "IS_AUTOINCREMENT",
              "REMARKS");
        names("key", m.getPrimaryKeys(database, null, "meta"), "COLUMN_NAME", "KEY_SEQ", "PK_NAME");
        names("index", m.getIndexInfo(database, null, "meta", false, true), "INDEX_NAME", "COLUMN_NAME", "NON_UNIQUE",
              "ORDINAL_POSITION");
        names("best", m.getBestRowIdentifier(database, null, "meta", DatabaseMetaData.bestRowSession, true),
              "COLUMN_NAME", "DATA_TYPE");
        names("imported", m.getImportedKeys(database, null, "meta"), "FK_NAME");
        names("privilege", m.getTablePrivileges(database, null, "nothing"), "PRIVILEGE");
        names("procedure", m.getProcedures(database, null, "%"), "PROCEDURE_NAME");
        try (PreparedStatement p = c.prepareStatement("select a, b + 1 as more, count(*) over_all from meta where id = ? "
                                                      + "group by a, b")) {
            ResultSetMetaData columns = p.getMetaData();
            for (int i = 1; columns != null && i <= columns.getColumnCount(); ++i) {
                tell("prepared", columns.getColumnLabel(i), columns.getColumnType(i));
            }
            tell("parameters", p.getParameterMetaData().getParameterCount());
        }
    }

    static void step(String name, Connection c, Step step) {
        tell("==", name);
        try {
            step.run(c);
        } catch (Exception e) {
            tell("failed:", e);
            for (Throwable t = e; t != null; t = t.getCause()) t.printStackTrace();
        }
    }

    public static void main(String[] arguments) throws Exception {
        database = arguments[1];
        fraction = arguments[0].startsWith("jdbc:mariadb") ? ".891" : "";
        try (Connection c = DriverManager.getConnection(arguments[0])) {
            execute(c, "create database if not exists " + database);
        }
        String base = arguments[0].replace("/?", "/" + database + "?");
        for (String mode : new String[] {"", "&useServerPrepStmts=true", "&rewriteBatchedStatements=true",
                                         "&useServerPrepStmts=true&useCursorFetch=true&cachePrepStmts=true"}) {
            tell("==== mode", mode);
            try (Connection c = DriverManager.getConnection(base + mode)) {
                step("types", c, JdbcClient::allTypes);
                step("batches", c, JdbcClient::batches);
                step("transactions", c, JdbcClient::transactions);
                step("cursors", c, JdbcClient::cursors);
            }
        }
        try (Connection c = DriverManager.getConnection(base + "&allowMultiQueries=true")) {
            step("several", c, JdbcClient::several);
            step("metadata", c, JdbcClient::metadata);
        }
    }
}
