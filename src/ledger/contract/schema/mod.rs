//! The data contract: all tables and fields, described in both languages.
//!
//! The description of a table, its Arrow schema and the struct of typed columns are generated from one list, so they
//! always agree.

mod macros;

use macros::{cell, tables};

use crate::ledger::contract::cell::{Day, Fen, Flag, Id, Int, Moment, Real};
use crate::ledger::contract::table::{AnyCol, Cells, Col, Field, FromCells, Kind, Need, Table};

tables! {
    LEDGER Lines "ledger" ["village", "voucher", "line"]
    "Voucher lines: the only table that must be there." "凭证分录：唯一必须有的表。" {
        village Text Required "division code of the village" "村级统计用区划代码" "990101101201";
        voucher Text Required "voucher number as printed" "凭证字号" "记-0042";
        line Int Optional "line in the voucher" "分录序号" "1";
        date Day Required "voucher date" "凭证日期" "2024-03-08";
        account Text Required "account code" "科目编码" "541";
        chart Text Optional "chart of accounts of the code: 2004 or 2024" "会计制度版本" "2024" ["2004", "2024"];
        side Text Required "debit or credit" "借贷方向" "debit" ["debit", "credit"];
        amount Money Required "amount; negative is a red entry" "金额" "1280.00";
        summary Text Optional "purpose" "摘要" "购办公用品";
        payee Text Optional "payee id" "收款人标识" "R-990101101201-0067";
        payee_name Text Optional "payee name" "收款人名称" "模拟01023号商店";
        payee_account Text Optional "bank account of the payee" "收款账号" "ACC-38a4c637dd23";
        method Text Optional "cash, transfer, card or other" "支付方式" "transfer" ["cash", "transfer", "card", "other"];
        document Text Optional "kind of document" "原始凭证种类" "invoice"
            ["invoice", "receipt", "list", "self_made", "none"];
        document_no Text Optional "number of the document" "原始凭证号码" "37756474";
        document_date Day Optional "date of the document" "原始凭证日期" "2024-03-06";
        attachments Int Optional "number of attached documents" "附件张数" "2";
        handler Text Optional "person who handled the matter" "经手人" "P-990101101201-0036";
        witness Text Optional "person who bears witness" "证明人" "P-990101101201-0064";
        approver Text Optional "person who approved" "审批人" "P-990101101201-0040";
        cosigner Text Optional "person who signed beside the approver" "会签人" "P-990101101201-0060";
        township_reviewer Text Optional "person who reviewed at the township" "镇级审核人" "P-990101101-0001";
        approved Day Optional "date of approval" "审批日期" "2024-03-07";
        committee_stamp Flag Optional "stamped by the supervision committee" "监委会盖章" "yes";
        decision Text Optional "id of the collective decision" "集体决策编号" "D-990101101201-0019";
        contract Text Optional "id of the contract" "合同编号" "C-990101101201-0003";
        project Text Optional "id of the project" "项目编号" "J-990101101201-003";
        scheme Text Optional "id of the subsidy scheme" "补贴项目" "ELDER";
        clerk Text Optional "person who keyed the line" "录入人" "P-990101101-0003";
        entered Moment Optional "when the line was keyed" "录入时间" "2024-03-09 14:17:38";
        fixed_standard Flag Optional "amount is set by a public standard" "按固定标准发放" "no";
    }
    VILLAGES Villages "villages" ["village", "year"] "Villages by year." "各村分年度情况。" {
        village Text Required "division code of the village" "村级统计用区划代码" "990101101201";
        year Int Optional "year of the figures" "年度" "2024";
        name Text Optional "name" "村名" "模拟1镇001村";
        population Int Optional "residents" "人口" "1775";
        households Int Optional "households" "户数" "522";
        area_mu Real Optional "land in mu" "土地面积（亩）" "5857.05";
        income_band Text Optional "band of collective income" "集体收入档次" "50k_to_200k";
        terrain Text Optional "terrain" "地形" "hill";
        project_money Money Optional "project money received in the year" "当年项目资金" "291166.95";
    }
    PEOPLE People "people" ["person"] "Persons." "人员。" {
        person Text Required "person id" "人员标识" "P-990101101201-0036";
        name Text Optional "name" "姓名" "陈模053";
        sex Text Optional "sex" "性别" "female";
        birth_year Int Optional "year of birth" "出生年份" "1971";
        death_date Day Optional "date of death" "死亡日期" "2024-02-08";
        village Text Optional "division code of the village" "村级统计用区划代码" "990101101201";
        household Text Optional "household id" "户编号" "H-990101101201-014";
    }
    POSTS Posts "posts" ["person", "village", "post", "start"] "Posts held in a village." "村内任职。" {
        person Text Required "person id" "人员标识" "P-990101101201-0040";
        village Text Required "division code of the village" "村级统计用区划代码" "990101101201";
        post Text Required "post: secretary, director, committee, supervisor, clerk" "职务" "secretary"
            ["secretary", "director", "committee", "supervisor", "clerk"];
        start Day Optional "first day in the post" "任职日期" "2020-04-25";
        end Day Optional "last day in the post" "离任日期" "2023-06-17";
        suspended Flag Optional "suspended from the post" "停职" "no";
    }
    KINSHIP Kinship "kinship" ["a", "b"] "Relations between two persons." "两人之间的亲属关系。" {
        a Text Required "one person" "人员甲" "P-990101101201-0040";
        b Text Required "the other person" "人员乙" "P-990101101201-0067";
        relation Text Optional "relation" "关系" "in_law";
        degree Int Optional "1 parent, child, spouse, sibling; 2 in-law, uncle; 3 further" "亲等" "2" ["1", "2", "3"];
        source Text Optional "register, declared, household or inferred" "来源" "register"
            ["register", "declared", "household", "inferred"];
    }
    PAYEES Payees "payees" ["payee"] "Payees." "收款人。" {
        payee Text Required "payee id" "收款人标识" "R-990101101201-0067";
        kind Text Optional "person, firm, village, government or utility" "类别" "firm"
            ["person", "firm", "village", "government", "utility"];
        name Text Optional "name" "名称" "模拟01023号商店";
        person Text Optional "person id, where the payee is a person" "人员标识" "P-990101101201-0067";
        owner Text Optional "person id of the owner" "实际经营者" "P-990101101201-0067";
        phone Text Optional "telephone" "电话" "TEL-2818230";
        address Text Optional "address" "地址" "H-990101101201-014";
        first_seen Day Optional "first day in the register" "建档日期" "2017-11-23";
    }
    LIMITS Limits "limits" ["region", "expense_class", "from_amount", "valid_from"]
    "Approval limits by region, class of expense, amount and date." "按区划、支出类别、金额和日期规定的审批权限。" {
        region Text Required "division code of 6, 9 or 12 digits" "适用区划" "990101101";
        expense_class Text Required "class of expense" "支出类别" "non-production"
            ["production", "non-production", "construction", "subsidy", "wage", "other"];
        from_amount Money Required "first amount of the band" "起始金额" "2000.00";
        to_amount Money Optional "first amount above the band" "截止金额" "10000.00";
        valid_from Day Required "first day of validity" "生效日期" "2020-01-01";
        valid_to Day Optional "last day of validity" "失效日期" "2023-02-28";
        requires List Optional "roles and acts that the band asks for" "所需程序" "approver, cosigner"
            ["approver", "cosigner", "committee_stamp", "township_reviewer", "decision", "handler", "witness"];
        tender Flag Optional "a tender is asked for" "须招标" "no";
        cash_max Money Optional "largest amount that may be paid in cash" "现金支付上限" "1000.00";
    }
    DECISIONS Decisions "decisions" ["decision"] "Collective decisions." "集体决策。" {
        decision Text Required "decision id" "决策编号" "D-990101101201-0019";
        village Text Optional "division code of the village" "村级统计用区划代码" "990101101201";
        item Text Optional "what was decided" "事项" "小型工程建设";
        amount Money Optional "amount decided" "金额" "50000.00";
        proposed Day Optional "day of the proposal" "提议日期" "2024-01-12";
        voted Day Optional "day of the vote" "表决日期" "2024-01-28";
        posted_from Day Optional "first day of the notice" "公示起始" "2024-01-29";
        posted_to Day Optional "last day of the notice" "公示截止" "2024-02-05";
        votes_for Int Optional "votes for" "赞成票" "36";
        votes_cast Int Optional "votes cast" "投票数" "39";
        entitled Int Optional "persons entitled to vote" "应到人数" "47";
    }
    CONTRACTS Contracts "contracts" ["contract"] "Contracts." "合同。" {
        contract Text Required "contract id" "合同编号" "C-990101101201-0003";
        village Text Optional "division code of the village" "村级统计用区划代码" "990101101201";
        payee Text Optional "payee id" "收款人标识" "R-990101101201-0067";
        kind Text Optional "kind of contract" "合同类别" "works";
        amount Money Optional "amount" "合同金额" "80000.00";
        signed Day Optional "day of signature" "签订日期" "2024-02-10";
        start Day Optional "first day" "起始日期" "2024-02-15";
        end Day Optional "last day" "截止日期" "2024-11-20";
        tendered Flag Optional "awarded by tender" "经招标" "yes";
    }
    LEASES Leases "leases" ["lease"] "Leases of collective assets." "集体资产租约。" {
        lease Text Required "lease id" "租约编号" "L-990101101201-001";
        village Text Optional "division code of the village" "村级统计用区划代码" "990101101201";
        tenant Text Optional "payee or person id of the tenant" "承租人" "R-990101101201-0067";
        asset Text Optional "class of asset" "资产类别" "pond";
        area_mu Real Optional "area in mu" "面积（亩）" "12.50";
        rent_per_year Money Optional "rent per year" "年租金" "10250.00";
        start Day Optional "first day" "起始日期" "2019-12-23";
        end Day Optional "last day" "截止日期" "2034-11-29";
        tendered Flag Optional "awarded by tender" "经招标" "yes";
    }
    LEASE_DUES LeaseDues "lease_dues" ["lease", "due"] "Rent that falls due." "到期应收租金。" {
        lease Text Required "lease id" "租约编号" "L-990101101201-001";
        due Day Required "day on which it falls due" "应收日期" "2024-06-05";
        amount Money Required "amount" "应收金额" "10250.00";
    }
    SUBSIDIES Subsidies "subsidies" ["person", "scheme", "period"] "Subsidies paid to persons." "发放到人的补贴。" {
        person Text Required "person id" "人员标识" "P-990101101201-0008";
        scheme Text Required "scheme id" "补贴项目" "ELDER";
        period Text Required "period" "所属期" "2024Q1";
        village Text Optional "division code of the village" "村级统计用区划代码" "990101101201";
        amount Money Optional "amount" "金额" "330.00";
        quantity Real Optional "quantity that the standard is multiplied by" "数量" "3";
        payee_account Text Optional "bank account paid to" "收款账号" "ACC-68915017fb32";
    }
    STANDARDS Standards "standards" ["scheme", "period"] "Standards of subsidy schemes." "补贴标准。" {
        scheme Text Required "scheme id" "补贴项目" "ELDER";
        period Text Required "period" "所属期" "2024Q1";
        amount_per_unit Money Required "amount per unit" "单位标准" "110.00";
    }
    DISCLOSURES Disclosures "disclosures" ["village", "period", "section", "account"]
    "What was posted for the villagers to see." "村务公开的内容。" {
        village Text Required "division code of the village" "村级统计用区划代码" "990101101201";
        period Text Required "period" "所属期" "2024Q1";
        section Text Required "section of the notice" "公开栏目" "expense";
        posted Day Optional "first day of the notice" "公示日期" "2024-04-09";
        removed Day Optional "day on which it was taken down" "撤下日期" "2024-04-30";
        account Text Optional "account code" "科目编码" "541";
        amount Money Optional "amount posted" "公示金额" "3300.00";
        channel Text Optional "where it was posted" "公开渠道" "board";
        text Text Optional "what else the notice says, as it is posted" "公示文字内容" "发放名单，个人信息已遮盖";
    }
    BANK Bank "bank" ["village", "date", "seq"] "Bank journal." "银行流水。" {
        village Text Required "division code of the village" "村级统计用区划代码" "990101101201";
        date Day Required "day" "日期" "2024-03-08";
        seq Int Required "number within the day" "序号" "1";
        amount Money Required "amount; negative goes out" "发生额" "-1280.00";
        balance Money Optional "balance after the entry" "余额" "154446.39";
        counterparty_account Text Optional "account of the other side" "对方账号" "ACC-38a4c637dd23";
    }
    ADVANCES Advances "advances" ["village", "person", "date"] "Advances to persons." "个人借支。" {
        village Text Required "division code of the village" "村级统计用区划代码" "990101101201";
        person Text Required "person id" "人员标识" "P-990101101201-0036";
        date Day Required "day of the advance" "借支日期" "2024-01-04";
        amount Money Required "amount" "金额" "800.00";
        settled Day Optional "day of settlement" "结清日期" "2024-03-25";
    }
    CALENDAR Calendar "calendar" ["date", "kind"] "Days that are not ordinary days." "节假日、调休上班日和换届期。" {
        date Day Required "day" "日期" "2023-05-01";
        kind Text Required "`holiday`, `make_up_workday` or `election_window`" "类别" "holiday"
            ["holiday", "make_up_workday", "election_window"];
    }
    OUTCOMES Outcomes "outcomes" ["subject_grain", "subject", "period"] "What audits found." "核查结果。" {
        subject_grain Text Required "payment, payee, official or village" "对象层级" "payment"
            ["payment", "payee", "official", "village"];
        subject Text Required "key of the subject" "对象" "990101101201/2024-03/记-0042/1";
        period Text Optional "period looked at" "核查期间" "2024";
        grade Text Required "none, error, irregularity, discipline or criminal" "结论" "irregularity"
            ["none", "error", "irregularity", "discipline", "criminal"];
        amount_recovered Money Optional "amount recovered" "追回金额" "1280.00";
        route Text Optional "list, random, complaint, routine or inspector" "来源" "list"
            ["list", "random", "complaint", "routine", "inspector"];
        closed Day Optional "day on which it was closed" "办结日期" "2024-09-30";
        lead Text Optional "id of the lead that was verified" "疑点编号" "T-5afaf58b";
        verified_by Text Optional "who verified it" "核查人" "P-990101-0002";
        remark Text Optional "what was remarked" "备注" "已退回集体账户";
        scheme Text Optional "scheme of the lead" "疑点类型" "kin_benefit";
        indicators Text Optional "indicators of the lead's reasons" "理由所用指标" "kin_approval self_approval";
        rectified Flag Optional "evidence of the rectification was seen; a find without it stays open" "整改佐证" "yes";
    }
    ANSWERS Answers "answers" ["subject_grain", "subject", "act"]
    "What was planted in simulated data; no indicator, feature or model may read it but as a label."
    "模拟数据中植入了什么；指标、特征和模型只能把它当作标签。" {
        subject_grain Text Required "payment, payee, official or village" "对象层级" "payment"
            ["payment", "payee", "official", "village"];
        subject Text Required "key of the subject" "对象" "990101101201/2024-03/记-0042/1";
        act Text Required "id of the planted act or look-alike" "植入编号" "A00012";
        scheme Text Required "scheme of the act, or the one it looks like" "手法" "kin_supplier";
        kind Text Required "`act` or `look_alike`" "类别" "act" ["act", "look_alike"];
        amount Money Optional "amount of the subject" "金额" "1280.00";
    }
}

#[cfg(test)]
mod tests {
    use super::{LIMITS, OUTCOMES, TABLES};
    use crate::ledger::book::chart::Class;
    use crate::ledger::contract::parse;
    use crate::ledger::contract::table::{Field, Kind};
    use crate::outcomes::grade::{Grade, Route};

    /// Whether a text is a valid cell of a field.
    fn is_cell(field: &Field, text: &str) -> bool {
        match field.kind {
            Kind::Text | Kind::List => !text.is_empty(),
            Kind::Day => parse::day(text).is_ok(),
            Kind::Moment => parse::moment(text).is_ok(),
            Kind::Money => parse::money(text).is_ok(),
            Kind::Int => parse::int(text).is_ok(),
            Kind::Real => parse::real(text).is_ok(),
            Kind::Flag => parse::flag(text).is_ok(),
        }
    }

    #[test]
    fn every_example_is_a_cell_of_its_field() {
        for field in TABLES.iter().flat_map(|table| table.fields) {
            assert!(is_cell(field, field.example), "{}: {}", field.name, field.example);
            let mut words = field.example.split(", ");
            let is_known = |word| field.values.is_empty() || field.values.contains(&word);
            assert!(words.all(is_known), "{}: {}", field.name, field.example);
        }
    }

    #[test]
    fn the_words_of_a_field_are_those_that_the_program_knows() {
        let words = |table: &super::Table, name: &str| table.field(name).unwrap().values.to_vec();
        let grades: Vec<_> = Grade::ALL.iter().map(|it| it.word()).collect();
        let routes: Vec<_> = Route::ALL.iter().map(|it| it.word()).collect();
        let classes: Vec<_> = Class::ALL.iter().map(|it| it.word()).collect();
        assert_eq!(words(&OUTCOMES, "grade"), grades);
        assert_eq!(words(&OUTCOMES, "route"), routes);
        assert_eq!(words(&LIMITS, "expense_class"), classes);
    }

    #[test]
    fn every_key_is_made_of_fields() {
        for table in TABLES {
            for key in table.key {
                assert!(table.field(key).is_some(), "{}: {key}", table.name);
            }
        }
    }

    #[test]
    fn no_table_and_no_field_is_named_twice() {
        let mut names: Vec<_> = TABLES
            .iter()
            .flat_map(|table| table.fields.iter().map(|field| (table.name, field.name)))
            .collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
