namespace PolicySync.Core.Guards;

/// <summary>
/// Built-in functions of Databricks SQL that give one value for one row, always the same for the same arguments and reader,
/// and have no effect. Source: Databricks SQL language reference, «Alphabetical list of built-in functions», with the page of
/// each function for whether it is deterministic.
/// </summary>
/// <remarks>
/// Left out: aggregate, window, generator and table functions, which have no place in a guard; <c>rand</c>, <c>randn</c>,
/// <c>random</c>, <c>randstr</c>, <c>uniform</c>, <c>uuid</c>, <c>shuffle</c>, <c>aes_encrypt</c> (a random start),
/// <c>monotonically_increasing_id</c>, <c>spark_partition_id</c>; <c>secret</c>, <c>try_secret</c>, <c>list_secrets</c>,
/// <c>http_request</c>, <c>remote_query</c>, <c>read_files</c>, <c>vector_search</c>, <c>ai_*</c>, <c>java_method</c>,
/// <c>reflect</c>, <c>try_reflect</c>; <c>raise_error</c> and <c>assert_true</c>, whose messages could reveal values;
/// <c>input_file_name</c> and similar, which reveal where data is stored. The session's user, groups, date and time are in: they are
/// the same for a whole query, and filters of policies are about them.
/// </remarks>
internal static class PureFunctions
{
    /// <summary>Their names; functions compare without case.</summary>
    public static IReadOnlySet<string> All { get; } = Words(
        // Who reads, and when.
        "current_user session_user user is_account_group_member is_member",
        "current_date curdate current_timestamp now localtimestamp current_timezone",
        // Conditions and nulls.
        "if iff ifnull nvl nvl2 nullif nullifzero zeroifnull coalesce isnull isnotnull equal_null decode least greatest typeof",
        // Casts.
        "cast try_cast bigint binary boolean date decimal double float int smallint string timestamp tinyint",
        // Numbers.
        "abs acos acosh asin asinh atan atan2 atanh bin bit_count bit_get bround cbrt ceil ceiling conv cos cosh cot csc degrees div e",
        "exp expm1 factorial floor getbit hex hypot isnan ln log log10 log1p log2 mod nanvl negative pi pmod positive pow power radians",
        "rint round sec shiftleft shiftright shiftrightunsigned sign signum sin sinh sqrt tan tanh try_add try_divide try_mod",
        "try_multiply try_subtract unhex width_bucket",
        // Text and binary.
        "ascii base64 bit_length btrim char char_length character_length charindex chr concat concat_ws contains decode elt encode",
        "endswith find_in_set format_number format_string initcap instr lcase left len length levenshtein like locate lower lpad ltrim",
        "luhn_check mask octet_length overlay position printf quote regexp_count regexp_extract regexp_extract_all regexp_instr",
        "regexp_like regexp_replace regexp_substr repeat replace reverse right rpad rtrim sentences soundex space split split_part",
        "startswith substr substring substring_index to_binary to_char to_number to_varchar translate trim try_to_binary",
        "try_to_number ucase unbase64 upper url_decode url_encode try_url_decode parse_url try_parse_url validate_utf8 is_valid_utf8",
        "make_valid_utf8 try_validate_utf8",
        // Hashes and ciphers: those without a random start.
        "aes_decrypt try_aes_decrypt crc32 hash md5 sha sha1 sha2 xxhash64",
        // Dates and times.
        "add_months convert_timezone date_add date_diff date_format date_from_unix_date date_part date_sub date_trunc dateadd datediff",
        "datepart day dayname dayofmonth dayofweek dayofyear extract from_unixtime from_utc_timestamp hour last_day make_date",
        "make_dt_interval make_interval make_timestamp make_timestamp_ltz make_timestamp_ntz make_ym_interval minute month monthname",
        "months_between next_day quarter second timediff timestamp_micros timestamp_millis timestamp_seconds timestampadd",
        "timestampdiff to_date to_timestamp to_timestamp_ltz to_timestamp_ntz to_unix_timestamp to_utc_timestamp trunc",
        "try_to_date try_to_timestamp try_make_timestamp unix_date unix_micros unix_millis unix_seconds unix_timestamp weekday",
        "weekofyear year",
        // Arrays, maps and structs; those that take a lambda cannot be written in a policy.
        "array array_append array_compact array_contains array_distinct array_except array_insert array_intersect array_join",
        "array_max array_min array_position array_prepend array_remove array_repeat array_size array_sort array_union arrays_overlap",
        "arrays_zip cardinality element_at flatten get map_concat map_contains_key map_entries map_from_arrays",
        "map_from_entries map_keys map_values named_struct sequence size slice sort_array str_to_map struct try_element_at",
        // JSON, CSV, XML, variants.
        "from_csv from_json from_xml get_json_object is_variant_null json_array_length json_object_keys parse_json schema_of_csv",
        "schema_of_json schema_of_variant schema_of_xml to_csv to_json to_variant_object to_xml try_parse_json try_variant_get",
        "variant_get xpath xpath_boolean xpath_double xpath_float xpath_int xpath_long xpath_number xpath_short xpath_string",
        // Places: H3 cells and geometry.
        "h3_boundaryasgeojson h3_boundaryaswkb h3_boundaryaswkt h3_centerasgeojson h3_centeraswkb h3_centeraswkt h3_compact",
        "h3_coverash3 h3_coverash3string h3_distance h3_h3tostring h3_hexring h3_ischildof h3_ispentagon h3_isvalid h3_kring",
        "h3_kringdistances h3_longlatash3 h3_longlatash3string h3_maxchild h3_minchild h3_pointash3 h3_pointash3string h3_polyfillash3",
        "h3_polyfillash3string h3_resolution h3_stringtoh3 h3_tochildren h3_toparent h3_try_distance h3_try_polyfillash3",
        "h3_try_polyfillash3string h3_try_validate h3_uncompact h3_validate",
        "st_area st_asbinary st_asewkb st_asgeojson st_astext st_aswkb st_aswkt st_buffer st_centroid st_contains st_convexhull",
        "st_difference st_dimension st_disjoint st_distance st_distancesphere st_dwithin st_envelope st_equals st_geogfromgeojson",
        "st_geogfromtext st_geogfromwkb st_geogfromwkt st_geomfromgeojson st_geomfromtext st_geomfromwkb st_geomfromwkt",
        "st_geometrytype st_intersection st_intersects st_isempty st_isvalid st_length st_npoints st_perimeter st_point st_srid",
        "st_touches st_transform st_within st_x st_y st_z");

    private static HashSet<string> Words(params ReadOnlySpan<string> lines)
    {
        var words = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines)
        {
            words.UnionWith(line.Split(' '));
        }

        return words;
    }
}
