//! The data contract: every table and field that is read, with its words in both languages.
//!
//! One list makes the description of a table, the Arrow schema that is written, and the struct of
//! typed columns that a book holds, so that the three cannot differ.

use crate::ledger::contract::cell::{Day, Fen, Flag, Id, Int, Moment, Real};
use crate::ledger::contract::table::{Cells, Col, Field, FromCells, Kind, Need, Table};

macro_rules! cell {
    (Text) => {
        Id
    };
    (List) => {
        Id
    };
    (Day) => {
        Day
    };
    (Moment) => {
        Moment
    };
    (Money) => {
        Fen
    };
    (Int) => {
        Int
    };
    (Real) => {
        Real
    };
    (Flag) => {
        Flag
    };
}

macro_rules! tables {
    ($(
        $static:ident $struct:ident $table:literal [$($key:literal),*] $about:literal {
            $($field:ident $kind:ident $need:ident $en:literal $zh:literal;)*
        }
    )*) => {
        $(
            #[doc = $about]
            pub static $static: Table = Table {
                name: $table,
                key: &[$($key),*],
                fields: &[$(Field {
                    name: stringify!($field),
                    kind: Kind::$kind,
                    need: Need::$need,
                    en: $en,
                    zh: $zh,
                }),*],
            };

            #[doc = $about]
            #[derive(Debug, Clone, Default)]
            pub struct $struct {
                /// The number of rows.
                pub rows: usize,
                $(#[doc = $en] pub $field: Col<cell!($kind)>,)*
            }

            impl $struct {
                /// The columns of `rows` rows, fetched one by one by their names.
                pub(crate) fn from_cells(
                    rows: usize,
                    mut fetch: impl FnMut(&'static str) -> Option<Cells>,
                ) -> Self {
                    Self { rows, $($field: FromCells::from_cells(fetch(stringify!($field))),)* }
                }

                /// The same rows in another order, or some of them; one column after the other.
                #[must_use]
                pub fn gather(self, rows: &[u32]) -> Self {
                    Self { rows: rows.len(), $($field: self.$field.gather(rows),)* }
                }

                /// Appends a copy of a row.
                pub fn push_copy(&mut self, row: usize) {
                    self.rows += 1;
                    $(let cell = self.$field.at(row); self.$field.push(cell);)*
                }

                /// A range of the rows.
                #[must_use]
                pub fn slice(&self, rows: &std::ops::Range<usize>) -> Self {
                    Self { rows: rows.len(), $($field: self.$field.slice(rows),)* }
                }

                /// Whether two rows hold the same cells.
                pub fn is_same(&self, a: usize, b: usize) -> bool {
                    true $(&& self.$field.at(a) == self.$field.at(b))*
                }

                /// For each field, the number of rows that hold a value.
                pub fn filled(&self) -> Vec<(&'static str, usize)> {
                    vec![$((stringify!($field), self.$field.filled())),*]
                }

                /// For each field, the number of rows in a range that hold a value.
                pub fn filled_in(
                    &self,
                    rows: &std::ops::Range<usize>,
                ) -> Vec<(&'static str, usize)> {
                    vec![$((stringify!($field), self.$field.filled_in(rows))),*]
                }
            }
        )*

        /// Every table of the contract, the ledger first.
        pub static TABLES: &[&Table] = &[$(&$static),*];
    };
}

tables! {
    LEDGER Lines "ledger" ["village", "voucher", "line"]
    "Voucher lines: the only table that must be there." {
        village Text Required "division code of the village" "村级统计用区划代码";
        voucher Text Required "voucher number as printed" "凭证字号";
        line Int Optional "line in the voucher" "分录序号";
        date Day Required "voucher date" "凭证日期";
        account Text Required "account code" "科目编码";
        chart Text Optional "chart of accounts of the code: 2004 or 2024" "会计制度版本";
        side Text Required "debit or credit" "借贷方向";
        amount Money Required "amount; negative is a red entry" "金额";
        summary Text Optional "purpose" "摘要";
        payee Text Optional "payee id" "收款人标识";
        payee_name Text Optional "payee name" "收款人名称";
        payee_account Text Optional "bank account of the payee" "收款账号";
        method Text Optional "cash, transfer, card or other" "支付方式";
        document Text Optional "kind of document" "原始凭证种类";
        document_no Text Optional "number of the document" "原始凭证号码";
        document_date Day Optional "date of the document" "原始凭证日期";
        attachments Int Optional "number of attached documents" "附件张数";
        handler Text Optional "person who handled the matter" "经手人";
        witness Text Optional "person who bears witness" "证明人";
        approver Text Optional "person who approved" "审批人";
        cosigner Text Optional "person who signed beside the approver" "会签人";
        township_reviewer Text Optional "person who reviewed at the township" "镇级审核人";
        approved Day Optional "date of approval" "审批日期";
        committee_stamp Flag Optional "stamped by the supervision committee" "监委会盖章";
        decision Text Optional "id of the collective decision" "集体决策编号";
        contract Text Optional "id of the contract" "合同编号";
        project Text Optional "id of the project" "项目编号";
        scheme Text Optional "id of the subsidy scheme" "补贴项目";
        clerk Text Optional "person who keyed the line" "录入人";
        entered Moment Optional "when the line was keyed" "录入时间";
        fixed_standard Flag Optional "amount is set by a public standard" "按固定标准发放";
    }
    VILLAGES Villages "villages" ["village", "year"] "Villages by year." {
        village Text Required "division code of the village" "村级统计用区划代码";
        year Int Optional "year of the figures" "年度";
        name Text Optional "name" "村名";
        population Int Optional "residents" "人口";
        households Int Optional "households" "户数";
        area_mu Real Optional "land in mu" "土地面积（亩）";
        income_band Text Optional "band of collective income" "集体收入档次";
        terrain Text Optional "terrain" "地形";
        project_money Money Optional "project money received in the year" "当年项目资金";
    }
    PEOPLE People "people" ["person"] "Persons." {
        person Text Required "person id" "人员标识";
        name Text Optional "name" "姓名";
        sex Text Optional "sex" "性别";
        birth_year Int Optional "year of birth" "出生年份";
        death_date Day Optional "date of death" "死亡日期";
        village Text Optional "division code of the village" "村级统计用区划代码";
        household Text Optional "household id" "户编号";
    }
    POSTS Posts "posts" ["person", "village", "post", "start"] "Posts held in a village." {
        person Text Required "person id" "人员标识";
        village Text Required "division code of the village" "村级统计用区划代码";
        post Text Required "post: secretary, director, committee, supervisor, clerk" "职务";
        start Day Optional "first day in the post" "任职日期";
        end Day Optional "last day in the post" "离任日期";
        suspended Flag Optional "suspended from the post" "停职";
    }
    KINSHIP Kinship "kinship" ["a", "b"] "Relations between two persons." {
        a Text Required "one person" "人员甲";
        b Text Required "the other person" "人员乙";
        relation Text Optional "relation" "关系";
        degree Int Optional "1 parent, child, spouse, sibling; 2 in-law, uncle; 3 further" "亲等";
        source Text Optional "register, declared, household or inferred" "来源";
    }
    PAYEES Payees "payees" ["payee"] "Payees." {
        payee Text Required "payee id" "收款人标识";
        kind Text Optional "person, firm, village, government or utility" "类别";
        name Text Optional "name" "名称";
        person Text Optional "person id, where the payee is a person" "人员标识";
        owner Text Optional "person id of the owner" "实际经营者";
        phone Text Optional "telephone" "电话";
        address Text Optional "address" "地址";
        first_seen Day Optional "first day in the register" "建档日期";
    }
    LIMITS Limits "limits" ["region", "expense_class", "from_amount", "valid_from"]
    "Approval limits by region, class of expense, amount and date." {
        region Text Required "division code of 6, 9 or 12 digits" "适用区划";
        expense_class Text Required "class of expense" "支出类别";
        from_amount Money Required "first amount of the band" "起始金额";
        to_amount Money Optional "first amount above the band" "截止金额";
        valid_from Day Required "first day of validity" "生效日期";
        valid_to Day Optional "last day of validity" "失效日期";
        requires List Optional "roles and acts that the band asks for" "所需程序";
        tender Flag Optional "a tender is asked for" "须招标";
        cash_max Money Optional "largest amount that may be paid in cash" "现金支付上限";
    }
    DECISIONS Decisions "decisions" ["decision"] "Collective decisions." {
        decision Text Required "decision id" "决策编号";
        village Text Optional "division code of the village" "村级统计用区划代码";
        item Text Optional "what was decided" "事项";
        amount Money Optional "amount decided" "金额";
        proposed Day Optional "day of the proposal" "提议日期";
        voted Day Optional "day of the vote" "表决日期";
        posted_from Day Optional "first day of the notice" "公示起始";
        posted_to Day Optional "last day of the notice" "公示截止";
        votes_for Int Optional "votes for" "赞成票";
        votes_cast Int Optional "votes cast" "投票数";
        entitled Int Optional "persons entitled to vote" "应到人数";
    }
    CONTRACTS Contracts "contracts" ["contract"] "Contracts." {
        contract Text Required "contract id" "合同编号";
        village Text Optional "division code of the village" "村级统计用区划代码";
        payee Text Optional "payee id" "收款人标识";
        kind Text Optional "kind of contract" "合同类别";
        amount Money Optional "amount" "合同金额";
        signed Day Optional "day of signature" "签订日期";
        start Day Optional "first day" "起始日期";
        end Day Optional "last day" "截止日期";
        tendered Flag Optional "awarded by tender" "经招标";
    }
    LEASES Leases "leases" ["lease"] "Leases of collective assets." {
        lease Text Required "lease id" "租约编号";
        village Text Optional "division code of the village" "村级统计用区划代码";
        tenant Text Optional "payee or person id of the tenant" "承租人";
        asset Text Optional "class of asset" "资产类别";
        area_mu Real Optional "area in mu" "面积（亩）";
        rent_per_year Money Optional "rent per year" "年租金";
        start Day Optional "first day" "起始日期";
        end Day Optional "last day" "截止日期";
        tendered Flag Optional "awarded by tender" "经招标";
    }
    LEASE_DUES LeaseDues "lease_dues" ["lease", "due"] "Rent that falls due." {
        lease Text Required "lease id" "租约编号";
        due Day Required "day on which it falls due" "应收日期";
        amount Money Required "amount" "应收金额";
    }
    SUBSIDIES Subsidies "subsidies" ["person", "scheme", "period"] "Subsidies paid to persons." {
        person Text Required "person id" "人员标识";
        scheme Text Required "scheme id" "补贴项目";
        period Text Required "period" "所属期";
        village Text Optional "division code of the village" "村级统计用区划代码";
        amount Money Optional "amount" "金额";
        quantity Real Optional "quantity that the standard is multiplied by" "数量";
        payee_account Text Optional "bank account paid to" "收款账号";
    }
    STANDARDS Standards "standards" ["scheme", "period"] "Standards of subsidy schemes." {
        scheme Text Required "scheme id" "补贴项目";
        period Text Required "period" "所属期";
        amount_per_unit Money Required "amount per unit" "单位标准";
    }
    DISCLOSURES Disclosures "disclosures" ["village", "period", "section", "account"]
    "What was posted for the villagers to see." {
        village Text Required "division code of the village" "村级统计用区划代码";
        period Text Required "period" "所属期";
        section Text Required "section of the notice" "公开栏目";
        posted Day Optional "first day of the notice" "公示日期";
        removed Day Optional "day on which it was taken down" "撤下日期";
        account Text Optional "account code" "科目编码";
        amount Money Optional "amount posted" "公示金额";
        channel Text Optional "where it was posted" "公开渠道";
    }
    BANK Bank "bank" ["village", "date", "seq"] "Bank journal." {
        village Text Required "division code of the village" "村级统计用区划代码";
        date Day Required "day" "日期";
        seq Int Required "number within the day" "序号";
        amount Money Required "amount; negative goes out" "发生额";
        balance Money Optional "balance after the entry" "余额";
        counterparty_account Text Optional "account of the other side" "对方账号";
    }
    ADVANCES Advances "advances" ["village", "person", "date"] "Advances to persons." {
        village Text Required "division code of the village" "村级统计用区划代码";
        person Text Required "person id" "人员标识";
        date Day Required "day of the advance" "借支日期";
        amount Money Required "amount" "金额";
        settled Day Optional "day of settlement" "结清日期";
    }
    CALENDAR Calendar "calendar" ["date", "kind"] "Days that are not ordinary days." {
        date Day Required "day" "日期";
        kind Text Required "`holiday`, `make_up_workday` or `election_window`" "类别";
    }
    OUTCOMES Outcomes "outcomes" ["subject_grain", "subject", "period"] "What audits found." {
        subject_grain Text Required "payment, payee, official or village" "对象层级";
        subject Text Required "key of the subject" "对象";
        period Text Optional "period looked at" "核查期间";
        grade Text Required "none, error, irregularity, discipline or criminal" "结论";
        amount_recovered Money Optional "amount recovered" "追回金额";
        route Text Optional "list, random, complaint or routine" "来源";
        closed Day Optional "day on which it was closed" "办结日期";
        lead Text Optional "id of the lead that was verified" "疑点编号";
        verified_by Text Optional "who verified it" "核查人";
        remark Text Optional "what was remarked" "备注";
    }
    ANSWERS Answers "answers" ["subject_grain", "subject", "act"]
    "What was planted in simulated data; no indicator, feature or model may read it but as a label." {
        subject_grain Text Required "payment, payee, official or village" "对象层级";
        subject Text Required "key of the subject" "对象";
        act Text Required "id of the planted act or look-alike" "埋设编号";
        scheme Text Required "scheme of the act, or the one it looks like" "手法";
        kind Text Required "`act` or `look_alike`" "类别";
        amount Money Optional "amount of the subject" "金额";
    }
}

#[cfg(test)]
mod tests {
    use super::TABLES;

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
